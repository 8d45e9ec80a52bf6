"""The sessions of all users are listed by when they began."""

import sqlalchemy as sa

from idp.ops.upgrades.indexes import create_index

revision = "0037_newest_sessions"
down_revision = "0036_client_trials"
concurrent = True


def upgrade() -> None:
    unended = sa.text("ended_at IS NULL")
    create_index(
        "ix_browser_sessions_newest",
        "browser_sessions",
        columns=["created_at", "id"],
        sqlite_where=unended,
        postgresql_where=unended,
    )
