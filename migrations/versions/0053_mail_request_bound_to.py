"""Who asked for a mail whose link and code are for them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0053_mail_request_bound_to"
down_revision = "0052_passkey_sign_ups"


def upgrade() -> None:
    op.add_column("mail_requests", sa.Column("bound_to", sa.String(64)))
