"""Tries of short codes: some wrong ones in some time lock their factor for that time.

Five in a quarter of an hour, unless a setting says otherwise. They are counted in the
database, on the row of the factor, before a code is judged: of many at once no more
than that are. The lock holds on every path that judges a code.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, exists, or_, select, update

from idp.accounts.models import FactorLock
from idp.accounts.sessions.proofs import Method
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import db, insert_of, table_of
from idp.core.errors import RateLimited
from idp.core.events import publish
from idp.security import audit
from idp.security.ratelimit.budgets import OTP_FACTOR
from idp.security.ratelimit.reached import LimitReached

locks = table_of(FactorLock)

OF_FACTOR = (
    locks.c.user_id == bindparam("of_user"),
    locks.c.method == bindparam("of_method"),
)
OLD = locks.c.began_at <= bindparam("old")
COUNT = (
    update(locks)
    .where(*OF_FACTOR)
    .where(
        or_(locks.c.locked_until.is_(None), locks.c.locked_until <= bindparam("now"))
    )
    .values(
        failures=case((OLD, 1), else_=locks.c.failures + 1),
        began_at=case(
            (OLD, bindparam("now", type_=locks.c.began_at.type)), else_=locks.c.began_at
        ),
        locked_until=None,
    )
    .returning(locks.c.failures)
)
FORGET = update(locks).where(*OF_FACTOR).values(failures=0, locked_until=None)
LOCK = (
    update(locks).where(*OF_FACTOR).values(failures=0, locked_until=bindparam("until"))
)
LOCKED_UNTIL = select(locks.c.locked_until).where(*OF_FACTOR)
LOCKED = select(locks.c.method, locks.c.locked_until).where(
    locks.c.user_id == bindparam("of_user"), locks.c.locked_until > bindparam("now")
)
IS_LOCKED = select(exists().where(*OF_FACTOR, locks.c.locked_until > bindparam("now")))


@dataclass(frozen=True)
class _Limit:
    """How many wrong codes there may be, and for how long they count and lock."""

    failures: int
    period: timedelta


@dataclass(frozen=True)
class LockedFactor:
    """A factor of which no code is judged for now."""

    method: Method
    until: datetime


@dataclass(frozen=True)
class Try:
    """One try that was counted as a failure, until it is known to be none."""

    user_id: str
    method: Method
    failures: int

    def passed(self) -> None:
        """Forget it, and those before: the code was right."""
        db.session.execute(FORGET, self._key())

    def failed(self) -> None:
        """Lock the factor if this was one wrong code too many."""
        limit = _limit()
        if limit and self.failures >= limit.failures:
            until = utcnow() + limit.period
            db.session.execute(LOCK, self._key() | {"until": until})
            audit.record("factor.locked", user_id=self.user_id, method=self.method)

    def _key(self) -> dict[str, str]:
        return {"of_user": self.user_id, "of_method": self.method.value}


def count_try(user_id: str, method: Method) -> Try:
    """Count a try before it is judged; raises RateLimited while the factor is locked.

    The user is held from then on.
    """
    hold_user(user_id)
    now = utcnow()
    row = {"user_id": user_id, "method": method.value, "failures": 0, "began_at": now}
    insert = insert_of(connection().dialect.name)(locks)
    db.session.execute(insert.values(row).on_conflict_do_nothing())
    values = {"of_user": user_id, "of_method": method.value, "now": now}
    limit = _limit()
    old = {"old": now - limit.period if limit else now}
    failures = db.session.execute(COUNT, values | old).scalar_one_or_none()
    if failures is None:
        until: datetime = db.session.execute(LOCKED_UNTIL, values).scalar_one()
        publish(LimitReached(OTP_FACTOR.name))
        raise RateLimited(max(1, int((until - now).total_seconds())))
    return Try(user_id, method, failures)


def is_locked(user_id: str, method: Method) -> bool:
    """Tell whether a factor is locked; nothing is counted."""
    values = {"of_user": user_id, "of_method": method.value, "now": utcnow()}
    locked: bool = db.session.execute(IS_LOCKED, values).scalar_one()
    return locked


def locked_factors(user_id: str) -> list[LockedFactor]:
    """Return the factors of a user that are locked now."""
    rows = db.session.execute(LOCKED, {"of_user": user_id, "now": utcnow()}).all()
    found = (LockedFactor(Method(row.method), row.locked_until) for row in rows)
    return sorted(found, key=lambda each: each.method)


def unlock_factors(user_id: str) -> None:
    """Judge codes of a user's factors again, with as many tries as at first."""
    db.session.execute(delete(locks).where(locks.c.user_id == user_id))


def _limit() -> _Limit | None:
    """Return what the setting says; None where it is off."""
    return next(
        (
            _Limit(item.amount, timedelta(seconds=item.get_expiry()))
            for item in OTP_FACTOR.limits
        ),
        None,
    )
