"""Mail requests."""

import sqlalchemy as sa
from alembic import op

revision = "0007_mail_requests"
down_revision = "0006_account_client"


def create_mail_requests() -> None:
    op.create_table(
        "mail_requests",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("return_to", sa.String(2048), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("user_agent", sa.String(512), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_requests"),
    )


def upgrade() -> None:
    create_mail_requests()
