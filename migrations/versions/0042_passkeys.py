"""Passkeys, and the challenges that they answer."""

import sqlalchemy as sa
from alembic import op

revision = "0042_passkeys"
down_revision = "0041_user_lists"
KEYS, CHALLENGES = "passkeys", "webauthn_challenges"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        KEYS,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("credential_id", sa.String(1364), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_used_at", moment),
        sa.Column("disabled_at", moment),
        _of_user(KEYS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{KEYS}")),
        sa.UniqueConstraint("credential_id", name=op.f(f"uq_{KEYS}_credential_id")),
    )
    op.create_table(
        CHALLENGES,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32)),
        sa.Column("bound_to", sa.String(64)),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment),
        _of_user(CHALLENGES),
        sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{CHALLENGES}")),
    )
    for table, column in (
        (KEYS, "user_id"),
        (CHALLENGES, "user_id"),
        (CHALLENGES, "expires_at"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["users.id"],
        name=op.f(f"fk_{table}_user_id_users"),
        ondelete="CASCADE",
    )
