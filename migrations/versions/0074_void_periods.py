"""Times whose tokens count no more."""

import sqlalchemy as sa
from alembic import op

revision = "0074_void_periods"
down_revision = "0073_keys_of_recovery_codes"
compatible = True


def upgrade() -> None:
    op.create_table(
        "void_periods",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_void_periods")),
    )
