"""Versions of what processes keep of the database."""

import sqlalchemy as sa
from alembic import op

revision = "0018_cache_versions"
down_revision = "0017_apis"


def upgrade() -> None:
    op.create_table(
        "cache_versions",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cache_versions"),
    )
