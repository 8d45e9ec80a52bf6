"""Counting tries: each budget by what it is kept for (security.md §6).

Keys are digests, so the counters hold no address or name, and unknown accounts count
exactly as known ones.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network

from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import Storage

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.core.events import publish
from idp.core.randomness import digest
from idp.security.ratelimit.counters import (
    BRIEF_SECONDS,
    LIVE_ONES,
    Counters,
    Counts,
    SqlStorage,
    add_to,
    give_back_to,
    look_in,
)
from idp.security.ratelimit.reached import LimitReached
from idp.security.ratelimit.settings import OFF, RateLimitSettings

log = logging.getLogger("idp.ratelimit")
IPV6_SITE_BITS = 64
WAIT_WITHOUT_COUNTERS_SECONDS = 60
NONE = (0, 0.0)  # a counter that has not begun


@dataclass(frozen=True)
class Budget:
    """How many tries a kind of act has; ``fail_closed`` refuses when none can count.

    ``notation`` is that of the library ``limits``, mostly a setting.
    """

    name: str
    notation: Callable[[RateLimitSettings], str]
    fail_closed: bool = False

    @property
    def limits(self) -> tuple[RateLimitItem, ...]:
        """Return the limits, all of which hold."""
        return _parsed(self.notation(current(RateLimitSettings)))

    @property
    def tenth(self) -> "Budget":
        """Return a budget of a tenth of the tries, of its own counters."""
        return Budget(f"{self.name}_tenth", lambda of: _tenth_of(self.notation(of)))

    def meter(self, *key: str) -> "Meter":
        """Return what counts the tries of one key."""
        return Meter(self, key)


@dataclass(frozen=True)
class Meter:
    """A budget, and what it is kept for."""

    budget: Budget
    key: tuple[str, ...]

    def check(self) -> None:
        """Raise RateLimited when the budget is used up; count nothing."""
        self._refuse(_look((self,)), over=0)

    def count(self) -> None:
        """Count one try; raise RateLimited when it was one too many.

        Of tries that passed ``check`` side by side, only as many as allowed pass here.
        It is counted although the request is undone.
        """
        self._refuse(_count((self,)), over=1)

    def give_back(self) -> None:
        """Take back a try that was counted before it was known to be a good one.

        Call it before the caller's first write, as ``add``.
        """
        give_back((self,))

    def counters(self) -> dict[str, RateLimitItem]:
        """Return the limits of the budget by the keys of their counters."""
        parts = self.budget.name, digest("\0".join(self.key))[:32]
        return {item.key_for(*parts): item for item in self.budget.limits}

    def _refuse(self, counts: Counts, *, over: int) -> None:
        """Raise RateLimited when there is something to wait for."""
        [reading] = _readings((self,), counts, over=over)
        if reading.wait_seconds:
            raise RateLimited(reading.wait_seconds)


@dataclass(frozen=True)
class Reading:
    """What a meter shows: the most tries in a window, and how long to wait, or 0."""

    tries: int
    wait_seconds: int


def read(meters: Sequence[Meter]) -> list[Reading]:
    """Return what each meter shows, by one SELECT; nothing is counted."""
    return _readings(meters, _look(meters), over=0)


def half_used(meters: Sequence[Meter]) -> bool:
    """Tell whether half of any limit is used up, by one SELECT; nothing is counted."""
    counts = _look(meters)
    return any(
        2 * counts.get(key, NONE)[0] >= limit.amount
        for meter in meters
        for key, limit in meter.counters().items()
    )


def add(meters: Sequence[Meter]) -> list[Reading]:
    """Count one try on each meter, in one transaction; say which were one too many.

    Those have something to wait for. It is counted although the request is undone, and
    before its first write: raises CountedTooLate after it.
    """
    return _readings(meters, _count(meters), over=1)


def give_back(meters: Iterable[Meter], *, forgotten: Iterable[Meter] = ()) -> None:
    """Take back one try on some meters, and all on those ``forgotten``, at once."""
    counters = current(Counters)
    seconds, long = _apart(_expiries(meters))
    cleared, long_cleared = map(dict.keys, _apart(_expiries(forgotten)))
    if long or long_cleared:
        with _lasting() as storage:
            storage.give_back(long.keys(), forgotten=long_cleared)
    try:
        if not counters.away:
            give_back_to(counters.shared, seconds, forgotten=cleared)
    except StorageError as error:
        _report(error)
        counters.leave_alone()
    if counters.fell_back:
        given_back = seconds if counters.away else {}
        give_back_to(counters.local, given_back, forgotten=cleared)


def network_of(ip: str | None) -> str:
    """Return what counts as one address: the /64 of IPv6, because a site owns it."""
    if ip is None:
        return "none"
    address = ip_address(ip)
    if address.version == 4:  # noqa: PLR2004 - the protocol's name
        return ip
    return str(ip_network((address, IPV6_SITE_BITS), strict=False))


@cache
def _parsed(notation: str) -> tuple[RateLimitItem, ...]:
    """Return the limits that a text in the notation of ``limits`` means."""
    return () if notation == OFF else tuple(parse_many(notation))


@cache
def _tenth_of(notation: str) -> str:
    """Return the notation of a tenth of some limits, of one try at least each."""
    limits = _parsed(notation)
    parts = (f"{max(1, of.amount // 10)}/{of.get_expiry()} seconds" for of in limits)
    return "; ".join(parts) or OFF


def _seconds_to_wait(meter: Meter, counts: Counts, *, over: int) -> int:
    """Return how long until no limit of a meter is spent, or 0.

    One is spent by ``over`` tries more than it allows.
    """
    found = [(counts.get(key, NONE), of) for key, of in meter.counters().items()]
    ends = [end for (tries, end), limit in found if tries >= limit.amount + over]
    return max(1, round(max(ends) - utcnow().timestamp())) if ends else 0


def _readings(meters: Sequence[Meter], counts: Counts, *, over: int) -> list[Reading]:
    """Return what each meter shows, by the counters it is in."""
    readings = [
        Reading(
            tries=max(
                (counts.get(key, NONE)[0] for key in meter.counters()), default=0
            ),
            wait_seconds=_seconds_to_wait(meter, counts, over=over),
        )
        for meter in meters
    ]
    both = zip(meters, readings, strict=True)
    for name in {meter.budget.name for meter, shown in both if shown.wait_seconds}:
        publish(LimitReached(name))
    return readings


def _expiries(meters: Iterable[Meter]) -> dict[str, int]:
    """Return the lengths of windows in seconds, by the keys of the counters."""
    return {
        key: item.get_expiry()
        for meter in meters
        for key, item in meter.counters().items()
    }


def _count(meters: Sequence[Meter]) -> Counts:
    """Count one try on each meter and return the counters it is in."""
    seconds, long = _apart(_expiries(meters))
    found = _ask(lambda storage: add_to(storage, seconds), meters)
    if long:
        with _lasting() as storage:
            found |= storage.incr_all(long)
    return found


def _look(meters: Sequence[Meter]) -> Counts:
    """Return the counters that have begun, of our table by one SELECT of the unit."""
    seconds, long = _apart(_expiries(meters))
    found = _ask(lambda storage: _look_in(storage, list(seconds)), meters)
    if long:
        with _lasting() as storage:
            found |= _look_in(storage, list(long))
    return found


def _apart(seconds: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the windows of the shared storage, and the long ones, if those are apart.

    A Redis may be emptied, or lose its memory: what guesses are counted in for a month
    must not begin anew then.
    """
    if current(Counters).together:
        return seconds, {}
    long = {key: each for key, each in seconds.items() if each > BRIEF_SECONDS}
    return {key: seconds[key] for key in seconds.keys() - long.keys()}, long


@contextmanager
def _lasting() -> Iterator[SqlStorage]:
    """Lend the storage of long windows; its faults are those of the database."""
    try:
        yield current(Counters).lasting
    except StorageError as error:
        raise error.storage_error from error


def _look_in(storage: Storage, keys: Sequence[str]) -> Counts:
    """Return the counters that have begun in a storage."""
    if not isinstance(storage, SqlStorage):
        return look_in(storage, keys)
    values = {"of": keys, "now": utcnow()}
    rows = connection().execute(LIVE_ONES, values).all()  # flushes nothing
    return {row.key: (row.value, row.expires_at.timestamp()) for row in rows}


def _ask(act: Callable[[Storage], Counts], meters: Sequence[Meter]) -> Counts:
    """Return the shared counters, or while they are away those of this process.

    What was counted here in the meantime counts on. Raises RateLimited instead for a
    budget that guards what must not be tried uncounted.
    """
    counters = current(Counters)
    if not counters.away:
        try:
            return _and_own(act(counters.shared), counters, meters=meters)
        except StorageError as error:
            _report(error)
            counters.leave_alone()
    if any(meter.budget.fail_closed for meter in meters):
        raise RateLimited(WAIT_WITHOUT_COUNTERS_SECONDS)
    return act(counters.local)


def _and_own(found: Counts, counters: Counters, *, meters: Sequence[Meter]) -> Counts:
    """Return shared counters and what this process counted while they were away."""
    if not counters.fell_back:
        return found
    both = dict(found)
    for key, (tries, end) in look_in(counters.local, _expiries(meters)).items():
        shared, shared_end = found.get(key, NONE)
        both[key] = shared + tries, max(end, shared_end)
    return both


def _report(error: StorageError) -> None:
    """Tell the operator that each process counts by itself."""
    log.warning("counters unavailable", extra={"error": str(error)})
