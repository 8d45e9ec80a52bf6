"""Logout requests that wait, and notices to apps."""

import sqlalchemy as sa
from alembic import op

revision = "0003_logout_notices"
down_revision = "0002_organizations"


def create_pending_logouts() -> None:
    op.create_table(
        "pending_logouts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_pending_logouts"),
    )
    op.create_index("ix_pending_logouts_expires_at", "pending_logouts", ["expires_at"])


def create_logout_deliveries() -> None:
    op.create_table(
        "logout_deliveries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("sid", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(64), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name="fk_logout_deliveries_client_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_logout_deliveries_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_logout_deliveries"),
    )
    for columns in (
        ["client_id"],
        ["delivered_at", "next_try_at"],
        ["expires_at"],
        ["user_id"],
    ):
        name = f"ix_logout_deliveries_{'_'.join(columns)}"
        op.create_index(name, "logout_deliveries", columns)


def upgrade() -> None:
    create_pending_logouts()
    create_logout_deliveries()
