"""What is known of the installation as a whole; its first start fills it."""

import sqlalchemy as sa
from alembic import op

revision = "0045_instance"
down_revision = "0044_second_factors"


def upgrade() -> None:
    op.create_table(
        "instance",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(255), nullable=False),
    )
