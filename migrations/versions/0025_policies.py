"""Policies are rows."""

import sqlalchemy as sa
from alembic import op

revision = "0025_policies"
down_revision = "0024_parts_of_account"
TABLE = "policies"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_id", sa.String(255), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_by", sa.String(32)),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "scope_id", "key", name=op.f("pk_policies")),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["users.id"],
            name=op.f("fk_policies_updated_by_users"),
            ondelete="SET NULL",
        ),
    )
    op.create_index(op.f("ix_policies_updated_by"), TABLE, ["updated_by"])
