"""From where a mail was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0012_mail_request_ip"
down_revision = "0011_device_codes"


def upgrade() -> None:
    op.add_column("mail_requests", sa.Column("ip", sa.String(45), nullable=True))
