"""What people leave out of what an app asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0010_declined_scope"
down_revision = "0009_job_turns"


def upgrade() -> None:
    op.add_column(
        "consents",
        sa.Column("declined_scope", sa.Text(), server_default="", nullable=False),
    )
