"""Browsers in which a user is not asked for the second factor again."""

import sqlalchemy as sa
from alembic import op

revision = "0047_trusted_browsers"
down_revision = "0046_user_emails"
BROWSERS = "trusted_browsers"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        BROWSERS,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("security_version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_used_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ip", sa.String(45)),
        sa.Column("user_agent", sa.String(512)),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f(f"fk_{BROWSERS}_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{BROWSERS}")),
        sa.UniqueConstraint(
            "user_id",
            "token_digest",
            name=op.f(f"uq_{BROWSERS}_user_id_token_digest"),
        ),
    )
    for column in ("token_digest", "expires_at"):
        op.create_index(op.f(f"ix_{BROWSERS}_{column}"), BROWSERS, [column])
