"""Usernames that were left, kept from others for a month."""

import sqlalchemy as sa
from alembic import op

revision = "0075_reserved_usernames"
down_revision = "0074_void_periods"
compatible = True


def upgrade() -> None:
    op.create_table(
        "reserved_usernames",
        sa.Column("username_digest", sa.String(64), nullable=False),
        sa.Column("owner_digest", sa.String(64), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("username_digest", name="pk_reserved_usernames"),
    )
    op.create_index("ix_reserved_usernames_until", "reserved_usernames", ["until"])
