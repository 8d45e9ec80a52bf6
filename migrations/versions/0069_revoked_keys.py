"""Signing keys that were revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0069_revoked_keys"
down_revision = "0068_session_rest"
compatible = True


def upgrade() -> None:
    op.add_column("signing_keys", sa.Column("revoked_at", sa.DateTime(timezone=True)))
