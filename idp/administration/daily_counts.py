"""What happened on each day: counted by a job, read in a moment.

A day's rows of the audit log are counted again until the day is over by a while, for a
row is seen only after what it is about has been committed. What came after the last
count is added where the numbers are read: the rows of a minute. What was refused to
strangers has no rows there, and was counted when it happened.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, func, select

from idp.administration.models import DailyCount
from idp.core.clock import utcnow
from idp.core.db import db, insert_of, table_of
from idp.security.models import AuditEvent, RefusalCount

DAYS = 30
SETTLED_AFTER = timedelta(minutes=10)
DAY = timedelta(days=1)

COUNTED: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "sign_ins": and_(
            AuditEvent.event.in_(["login.ok", "magic.used"]),
            AuditEvent.detail["again"].as_string().is_(None),
        ),
        "sign_ups": and_(AuditEvent.event == "register", AuditEvent.outcome == "ok"),
        "failures": AuditEvent.event.in_(["login.fail", "login.limited"]),
    }
)

FAILURES_OF_STRANGERS = ("login.fail", "login.limited")

counts = table_of(DailyCount)
Numbers = dict[date, dict[str, int]]


def count_days() -> int:
    """Count today, and days before that may lack rows; return how many (job)."""
    now = utcnow()
    settled = _settled_days()
    unsettled = [day for day in _days(now) if day not in settled]
    rows = [
        {"day": day, "name": name, "count": count, "counted_at": now}
        for day in unsettled
        for name, count in _counted(day, since=_begin(day), until=now)
    ]
    insert = insert_of(db.session.get_bind().dialect.name)
    adding = insert(counts)
    replacing = adding.on_conflict_do_update(
        index_elements=[counts.c.day, counts.c.name],
        set_={"count": adding.excluded.count, "counted_at": adding.excluded.counted_at},
    )
    db.session.execute(replacing, rows)
    return len(unsettled)


def daily_counts() -> Numbers:
    """Return the numbers of the last thirty days by day, the oldest first."""
    now = utcnow()
    days = _days(now)
    numbers: Numbers = {day: dict.fromkeys(COUNTED, 0) for day in days}
    stored = db.session.scalars(select(DailyCount).where(counts.c.day >= days[0])).all()
    for row in stored:
        if row.name in COUNTED:
            numbers[row.day][row.name] = row.count
    last = max((row.counted_at for row in stored), default=_begin(days[0]))
    for day in days:
        for name, count in _counted(day, since=max(last, _begin(day)), until=None):
            numbers[day][name] += count
    for day, count in _failures_of_strangers(since=days[0]):
        if day in numbers:
            numbers[day]["failures"] += count
    return numbers


def _failures_of_strangers(*, since: date) -> Iterator[tuple[date, int]]:
    """Yield how often who has no account failed to sign in, by day."""
    counted = (
        select(RefusalCount.day, func.sum(RefusalCount.count))
        .where(RefusalCount.day >= since)
        .where(RefusalCount.event.in_(FAILURES_OF_STRANGERS))
        .group_by(RefusalCount.day)
    )
    for day, count in db.session.execute(counted):
        yield day, int(count)


def _counted(
    day: date, *, since: datetime, until: datetime | None
) -> Iterator[tuple[str, int]]:
    """Yield each number of the part of a day that lies between two moments."""
    end = min(_begin(day) + DAY, until or datetime.max.replace(tzinfo=UTC))
    if since >= end:
        return
    within = (AuditEvent.occurred_at >= since, AuditEvent.occurred_at < end)
    for name, condition in COUNTED.items():
        wanted = select(func.count()).select_from(AuditEvent).where(condition, *within)
        yield name, db.session.scalar(wanted) or 0


def _settled_days() -> set[date]:
    """Return the days that were counted after no more could come."""
    rows = db.session.execute(
        select(counts.c.day, func.min(counts.c.counted_at)).group_by(counts.c.day)
    )
    return {day for day, at in rows if at >= _begin(day) + DAY + SETTLED_AFTER}


def _days(now: datetime) -> list[date]:
    """Return the days that are shown, the oldest first."""
    return [now.date() - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]


def _begin(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), UTC)
