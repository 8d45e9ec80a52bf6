"""Authenticator apps, recovery codes, locks of factors, and changes to undo."""

import sqlalchemy as sa
from alembic import op

revision = "0044_second_factors"
down_revision = "0043_rp_id"
SECRETS, CODES, LOCKS = "totp_secrets", "recovery_codes", "factor_locks"
CHANGES = "factor_changes"
IN_USE = "confirmed_at IS NOT NULL AND removed_at IS NULL"
WAITING = "confirmed_at IS NULL"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        SECRETS,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("confirmed_at", moment),
        sa.Column("last_used_at", moment),
        sa.Column("removed_at", moment),
        _of_user(SECRETS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SECRETS}")),
    )
    op.create_table(
        CODES,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment),
        _of_user(CODES),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CODES}")),
    )
    op.create_table(
        LOCKS,
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("locked_until", moment),
        _of_user(LOCKS),
        sa.PrimaryKeyConstraint("user_id", "method", name=op.f(f"pk_{LOCKS}")),
    )
    op.create_table(
        CHANGES,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("credential_id", sa.String(32), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("undo_until", moment, nullable=False),
        sa.Column("undone_at", moment),
        _of_user(CHANGES),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CHANGES}")),
    )
    add_indexes()


def add_indexes() -> None:
    """Each user has one app in use, and one that waits."""
    for table in (SECRETS, CODES, CHANGES):
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
    op.create_index(op.f(f"ix_{CHANGES}_changed_at"), CHANGES, ["changed_at"])
    for name, which in (("in_use", IN_USE), ("waiting", WAITING)):
        op.create_index(
            op.f(f"uq_{SECRETS}_{name}"),
            SECRETS,
            ["user_id"],
            unique=True,
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["users.id"],
        name=op.f(f"fk_{table}_user_id_users"),
        ondelete="CASCADE",
    )
