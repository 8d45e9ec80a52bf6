"""A sign-up that waits keeps a middle name and a profile page."""

import sqlalchemy as sa
from alembic import op

revision = "0026_what_sign_ups_said"
down_revision = "0025_policies"
TABLE = "pending_registrations"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("middle_name", sa.String(255), nullable=True))
    op.add_column(TABLE, sa.Column("profile", sa.String(2048), nullable=True))
