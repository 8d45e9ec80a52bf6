"""Who waits for which feature."""

import sqlalchemy as sa
from alembic import op

revision = "0061_waitlist_entries"
down_revision = "0060_registration_gate"
TABLE = "waitlist_entries"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("feature", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["memberships.organization_id", "memberships.user_id"],
            name=op.f(f"fk_{TABLE}_organization_id_memberships"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "user_id", "feature", name=op.f(f"pk_{TABLE}")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_user_id"), TABLE, ["user_id"])
    op.create_index(
        f"ix_{TABLE}_line",
        TABLE,
        ["feature", "created_at", "organization_id", "user_id"],
    )
