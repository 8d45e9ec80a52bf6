"""Sessions say what they stand on; half a sign-in waits for a second factor."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0038_factors"
down_revision = "0037_newest_sessions"

SESSIONS, TABLE = "browser_sessions", "pending_sign_ins"
METHODS = {"pwd": "password", "otp": "link"}

sessions = sa.table(
    SESSIONS,
    sa.column("id", sa.String),
    sa.column("amr", sa.JSON),
    sa.column("auth_time", sa.DateTime(timezone=True)),
    sa.column("proofs", sa.JSON),
)


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("factors", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column(SESSIONS, sa.Column("proofs", sa.JSON()))
    say_what_sessions_stand_on(op.get_bind())
    with op.batch_alter_table(SESSIONS) as batch:
        batch.alter_column("proofs", existing_type=sa.JSON(), nullable=False)
    op.create_table(
        TABLE,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("security_version", sa.Integer(), nullable=False),
        sa.Column("proofs", sa.JSON(), nullable=False),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("browser_digest", sa.String(64)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_pending_sign_ins_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_pending_sign_ins")),
        sa.UniqueConstraint(
            "browser_digest", name=op.f("uq_pending_sign_ins_browser_digest")
        ),
    )
    for column in ("user_id", "expires_at"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])


def say_what_sessions_stand_on(connection: sa.Connection) -> None:
    """Write the proofs of each session; its time is that of the last one."""
    rows = connection.execute(sa.select(sessions)).all()
    for row in rows:
        at = row.auth_time
        moment = at if at.tzinfo else at.replace(tzinfo=UTC)
        proofs = [
            {"method": METHODS[name], "at": moment.isoformat()} for name in row.amr
        ]
        this = sa.update(sessions).where(sessions.c.id == row.id)
        connection.execute(this.values(proofs=proofs))
