"""What the background worker tidies up of invites."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select

from idp.core.db import db, table_of
from idp.organizations.models import Invite

BATCH = 500
KEPT = timedelta(days=90)

invites = table_of(Invite)


def purge_invites(now: datetime) -> int:
    """Delete invites that ended ninety days ago; return how many rows went.

    They are listed so long, for whoever asks who came by one.
    """
    old = select(invites.c.id).where(invites.c.expires_at < now - KEPT).limit(BATCH)
    gone = db.session.execute(delete(invites).where(invites.c.id.in_(old)))
    return cast("CursorResult[Any]", gone).rowcount
