"""Devices that wait to be connected."""

import sqlalchemy as sa
from alembic import op

revision = "0011_device_codes"
down_revision = "0010_declined_scope"

KEYS = {
    "client_id": "clients.client_id",
    "grant_id": "grants.id",
    "user_id": "users.id",
}


def upgrade() -> None:
    op.create_table(
        "device_codes",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_code_mac", sa.String(43), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("resource", sa.JSON(), nullable=True),
        sa.Column("ip", sa.String(45), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grant_id", sa.String(32), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [target],
                name=f"fk_device_codes_{column}",
                ondelete="CASCADE",
            )
            for column, target in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_device_codes"),
        sa.UniqueConstraint("user_code_mac", name="uq_device_codes_user_code_mac"),
    )
    for column in (*KEYS, "expires_at"):
        op.create_index(f"ix_device_codes_{column}", "device_codes", [column])
