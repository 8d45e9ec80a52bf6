"""Times whose tokens count no more: what ended since, a restored database forgot.

Access tokens are read by their signature, and of one that was issued after the backup
the database knows neither that it was revoked nor that its user is gone.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from idp.core.caches.cached import Cached
from idp.core.caches.versions import Caches
from idp.core.clock import unix
from idp.core.connections import connection, reading
from idp.core.context import current, this_unit
from idp.core.db import table_of
from idp.core.randomness import new_id
from idp.oauth.models import SigningKey, VoidPeriod

PERIODS = "void_periods"  # the name in cache_versions

periods, keys = table_of(VoidPeriod), table_of(SigningKey)
Seconds = tuple[int, int]


class VoidPeriods(Cached[tuple[Seconds, ...]]):
    """The periods, as a process knows them."""

    def __init__(self) -> None:
        super().__init__(PERIODS)


def is_void(issued_at: int) -> bool:
    """Tell whether what was issued in this second counts no more (RFC 7519 §4.1.6)."""
    known = current(VoidPeriods).fetch(PERIODS, _read)
    return any(first <= issued_at <= last for first, last in known)


def add_period(since: datetime, until: datetime) -> None:
    """Let nothing count that was issued in a period."""
    current(Caches).bump(PERIODS)
    row = {"id": new_id(), "since": since, "until": until}
    connection().execute(insert(periods), row)


def forget_periods() -> int:
    """Delete the periods from which no token can be read any more; return how many.

    Its key would have to be one of ours still, and every key that we have was made
    later.
    """
    older = exists().where(keys.c.created_at <= periods.c.until)
    gone = connection().scalars(select(periods.c.id).where(~older)).all()
    if gone:
        current(Caches).bump(PERIODS)
        connection().execute(delete(periods).where(periods.c.id.in_(gone)))
    return len(gone)


def _read() -> tuple[Seconds, ...]:
    """Return the first and the last second of each period.

    No transaction is begun for it: the request may need another connection before it
    ends, and where a pooler has few, all would wait for each other.
    """
    if this_unit().connection is not None:
        return _found_by(connection())
    with reading() as held:
        return _found_by(held)


def _found_by(held: Connection) -> tuple[Seconds, ...]:
    rows = held.execute(select(periods.c.since, periods.c.until)).all()
    return tuple((unix(row.since), unix(row.until)) for row in rows)
