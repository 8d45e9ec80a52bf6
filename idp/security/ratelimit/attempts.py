"""Several budgets at one look, where many limits bear on one act (security.md §6).

``read`` is one SELECT, ``add`` one short transaction of its own, however many meters.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.security.ratelimit import budgets as ratelimit
from idp.security.ratelimit.budgets import Budget, Counters
from idp.security.ratelimit.counters import LIVE_ONES, SqlStorage

log = logging.getLogger("idp.ratelimit")

Counts = dict[str, tuple[int, float]]  # a counter's key: its value, when it ends


@dataclass(frozen=True)
class Meter:
    """A budget, and what it is kept for."""

    budget: Budget
    key: tuple[str, ...]

    @classmethod
    def named(cls, name: str, *key: str) -> "Meter":
        """Return a meter of the budget that ``IDP_RATELIMIT_<NAME>`` describes."""
        return cls(Budget.named(name), key)

    def counters(self) -> dict[str, RateLimitItem]:
        """Return the limits of the budget by the keys of their counters."""
        parts = ratelimit.name(self.budget, self.key)
        return {item.key_for(*parts): item for item in self.budget.limits}


@dataclass(frozen=True)
class Reading:
    """What a meter shows: the most tries in a window, and how long to wait, or 0."""

    tries: int
    wait_seconds: int


def read(meters: Sequence[Meter]) -> list[Reading]:
    """Return what each meter shows; nothing is counted."""
    counts = _look([key for meter in meters for key in meter.counters()])
    return [_reading(meter, counts) for meter in meters]


def add(meters: Iterable[Meter]) -> None:
    """Count one try on each meter; it is counted although the request is undone.

    Call it before the caller's first write: on SQLite it could not write beside it.
    """
    seconds = {
        key: item.get_expiry()
        for meter in meters
        for key, item in meter.counters().items()
    }
    counters = current(Counters)
    try:
        if isinstance(counters.shared, SqlStorage):
            counters.shared.incr_all(seconds)
        else:
            _add_one_by_one(counters.shared, seconds)
    except StorageError as error:
        log.warning("counters unavailable", extra={"error": str(error)})
        _add_one_by_one(counters.local, seconds)


def clear(meters: Iterable[Meter]) -> None:
    """Forget the tries on these meters."""
    for meter in meters:
        ratelimit.clear(meter.budget, *meter.key)


def _reading(meter: Meter, counts: Counts) -> Reading:
    """Judge the counters of one meter."""
    found = [(counts.get(key, (0, 0.0)), of) for key, of in meter.counters().items()]
    spent = [end for (tries, end), limit in found if tries >= limit.amount]
    wait = round(max(spent) - utcnow().timestamp()) if spent else 0
    return Reading(
        tries=max((tries for (tries, _), _ in found), default=0),
        wait_seconds=max(1, wait) if spent else 0,
    )


def _look(keys: list[str]) -> Counts:
    """Return the counters that have begun, by one SELECT in the caller's session.

    Without the shared ones, this process's own.
    """
    counters = current(Counters)
    if isinstance(counters.shared, SqlStorage):
        values = {"of": keys, "now": utcnow()}
        rows = db.session.execute(LIVE_ONES, values).all()
        return {row.key: (row.value, row.expires_at.timestamp()) for row in rows}
    try:
        return _look_one_by_one(counters.shared, keys)
    except StorageError as error:
        log.warning("counters unavailable", extra={"error": str(error)})
        return _look_one_by_one(counters.local, keys)


def _look_one_by_one(storage: Storage, keys: Iterable[str]) -> Counts:
    """Return the counters that have begun in a storage that gives one at a time."""
    values = {key: storage.get(key) for key in keys}
    return {key: (n, storage.get_expiry(key)) for key, n in values.items() if n}


def _add_one_by_one(storage: Storage, seconds: dict[str, int]) -> None:
    """Count in a storage that takes one at a time."""
    for key, expiry in seconds.items():
        storage.incr(key, expiry)
