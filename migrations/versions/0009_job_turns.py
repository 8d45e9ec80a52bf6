"""Job turns."""

import sqlalchemy as sa
from alembic import op

revision = "0009_job_turns"
down_revision = "0008_client_administration"


def upgrade() -> None:
    op.create_table(
        "job_turns",
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_job_turns"),
    )
