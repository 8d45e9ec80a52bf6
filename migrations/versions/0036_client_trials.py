"""Operators try a client by a sign-in of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0036_client_trials"
down_revision = "0035_jobs_and_counts"
TABLE = "client_trials"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("browser_session_id", sa.String(32), nullable=False),
        sa.Column("code_verifier", sa.String(43), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("grant_id", sa.String(32)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{TABLE}")),
        *(
            sa.ForeignKeyConstraint(
                [column], [there], name=op.f(f"fk_{TABLE}_{column}"), ondelete="CASCADE"
            )
            for column, there in (
                ("client_id", "clients.client_id"),
                ("user_id", "users.id"),
                ("browser_session_id", "browser_sessions.id"),
            )
        ),
    )
    for column in (
        "client_id",
        "user_id",
        "browser_session_id",
        "expires_at",
    ):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
