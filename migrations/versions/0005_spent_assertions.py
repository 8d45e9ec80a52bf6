"""Client assertions that were used."""

import sqlalchemy as sa
from alembic import op

revision = "0005_spent_assertions"
down_revision = "0004_known_devices"


def create_spent_assertions() -> None:
    op.create_table(
        "spent_assertions",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_spent_assertions"),
    )
    op.create_index(
        "ix_spent_assertions_expires_at", "spent_assertions", ["expires_at"]
    )


def upgrade() -> None:
    create_spent_assertions()
