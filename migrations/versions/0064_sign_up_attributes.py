"""What sign-ups that wait say of attributes."""

import sqlalchemy as sa
from alembic import op

revision = "0064_sign_up_attributes"
down_revision = "0063_custom_scopes"


def upgrade() -> None:
    op.add_column("pending_registrations", sa.Column("attributes", sa.JSON()))
