"""Further fields of a profile that a sign-up waits with."""

import sqlalchemy as sa
from alembic import op

revision = "0070_sign_up_fields"
down_revision = "0069_revoked_keys"
compatible = True


def upgrade() -> None:
    op.add_column("pending_registrations", sa.Column("further", sa.JSON()))
