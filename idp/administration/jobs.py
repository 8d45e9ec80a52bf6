"""What the background worker tidies up for those who administer."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, or_, select, tuple_

from idp.administration.models import ApiKey, IdempotentAnswer
from idp.administration.settings import AdministrationSettings
from idp.core.context import current
from idp.core.db import db, table_of
from idp.security.models import AuditEvent

BATCH = 500
KEYS_KEPT = timedelta(days=30)

keys, answers = table_of(ApiKey), table_of(IdempotentAnswer)
log = table_of(AuditEvent)
OLD_ROWS = (
    select(log.c.id)
    .where(log.c.occurred_at < bindparam("before", type_=log.c.occurred_at.type))
    .order_by(log.c.occurred_at)
    .limit(BATCH)
)


def purge(now: datetime) -> int:
    """Delete API keys that ended thirty days ago; return how many rows went.

    They are listed so long, for whoever asks what still called.
    """
    before = now - KEYS_KEPT
    ended = or_(keys.c.expires_at < before, keys.c.revoked_at < before)
    old = select(keys.c.id).where(ended).limit(BATCH)
    gone = db.session.execute(delete(keys).where(keys.c.id.in_(old)))
    return cast("CursorResult[Any]", gone).rowcount


def purge_answers(now: datetime) -> int:
    """Delete what was answered to requests of yesterday; return how many rows went."""
    old = select(answers.c.caller, answers.c.key).where(answers.c.expires_at <= now)
    named = tuple_(answers.c.caller, answers.c.key).in_(old.limit(BATCH))
    gone = db.session.execute(delete(answers).where(named))
    return cast("CursorResult[Any]", gone).rowcount


def purge_log(now: datetime) -> int:
    """Delete rows of the audit log that are older than an operator wants them.

    The oldest first, some at a time; returns how many went.
    """
    days = current(AdministrationSettings).audit_retention_days
    if not days:
        return 0
    old = {"before": now - timedelta(days=days)}
    gone = db.session.execute(delete(log).where(log.c.id.in_(OLD_ROWS)), old)
    return cast("CursorResult[Any]", gone).rowcount
