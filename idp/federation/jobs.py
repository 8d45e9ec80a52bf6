"""What the background worker tidies up: what nobody came back for."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete

from idp.core.db import db, table_of
from idp.federation.models import LinkChange, UpstreamRequest, WaitingIdentity

EXPIRING = (
    table_of(UpstreamRequest).c.expires_at,
    table_of(WaitingIdentity).c.expires_at,
    table_of(LinkChange).c.undo_until,
)


def purge(now: datetime) -> int:
    """Delete what expired before ``now``; return how many rows."""
    deleted = 0
    for column in EXPIRING:
        over = delete(column.table).where(column < now)
        deleted += cast("CursorResult[Any]", db.session.execute(over)).rowcount
    return deleted
