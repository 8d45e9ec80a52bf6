"""The sessions of all users are listed by when they began."""

import sqlalchemy as sa
from alembic import op

revision = "0037_newest_sessions"
down_revision = "0036_client_trials"


def upgrade() -> None:
    unended = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_browser_sessions_newest",
        "browser_sessions",
        ["created_at", "id"],
        sqlite_where=unended,
        postgresql_where=unended,
    )
