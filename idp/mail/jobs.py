"""What the background worker does for mail besides delivering it."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, or_, select

from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.mail.models import OutboxMessage

KEPT = timedelta(days=7)

messages = table_of(OutboxMessage)
PURGE = delete(messages).where(
    messages.c.id.in_(
        select(messages.c.id)
        .where(
            messages.c.created_at
            < bindparam("before", type_=messages.c.created_at.type),
            or_(messages.c.sent_at.is_not(None), messages.c.failed_at.is_not(None)),
        )
        .order_by(messages.c.created_at)
        .limit(bindparam("limit"))
    )
)


def purge_outbox(limit: int = 500) -> int:
    """Remove mails that left or failed and are older than a week; return how many.

    At most ``limit`` at a time, so that the write lock is held for a moment only.
    """
    values = {"before": utcnow() - KEPT, "limit": limit}
    result = cast("CursorResult[Any]", db.session.execute(PURGE, values))
    db.session.commit()
    return result.rowcount
