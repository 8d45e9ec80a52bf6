"""Sessions that ran out are found every minute, by an index of those not ended."""

import sqlalchemy as sa
from alembic import op

revision = "0023_unended_sessions"
down_revision = "0022_pending_registrations"

UNENDED = sa.text("ended_at IS NULL")
# It is compared alone from now on.
CAPPED = sa.text(
    "UPDATE browser_sessions SET idle_expires_at = expires_at"
    " WHERE idle_expires_at > expires_at"
)


def upgrade() -> None:
    op.execute(CAPPED)
    op.create_index(
        op.f("ix_browser_sessions_unended"),
        "browser_sessions",
        ["idle_expires_at"],
        sqlite_where=UNENDED,
        postgresql_where=UNENDED,
    )
