"""What the background worker tidies up: what nobody came back for."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete

from idp.core.db import db, table_of
from idp.federation.models import UpstreamRequest, WaitingIdentity

EXPIRING = (UpstreamRequest, WaitingIdentity)


def purge(now: datetime) -> int:
    """Delete what expired before ``now``; return how many rows."""
    deleted = 0
    for table in map(table_of, EXPIRING):
        over = delete(table).where(table.c.expires_at < now)
        deleted += cast("CursorResult[Any]", db.session.execute(over)).rowcount
    return deleted
