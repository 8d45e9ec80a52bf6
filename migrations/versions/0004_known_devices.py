"""Known devices, and who was chosen for a waiting request."""

import sqlalchemy as sa
from alembic import op

revision = "0004_known_devices"
down_revision = "0003_logout_notices"


def create_known_devices() -> None:
    op.create_table(
        "known_devices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.String(45), nullable=True),
        sa.Column("user_agent", sa.String(512), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_known_devices_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_known_devices"),
        sa.UniqueConstraint(
            "user_id", "token_digest", name="uq_known_devices_user_id_token_digest"
        ),
    )
    op.create_index("ix_known_devices_last_seen_at", "known_devices", ["last_seen_at"])


def upgrade() -> None:
    create_known_devices()
    op.add_column("interactions", sa.Column("chosen_by", sa.String(32), nullable=True))
