"""Named budgets of tries, counted by the library ``limits`` (security.md §6).

``check`` looks without counting, ``count`` counts. Keys are digests, so the counters
hold no address or name, and unknown accounts count exactly as known ones.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network

from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from idp.core.clock import utcnow
from idp.core.connections import Database
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.core.randomness import digest
from idp.core.server_settings import ServerSettings
from idp.security.ratelimit.counters import open_storage
from idp.security.ratelimit.settings import OFF, RateLimitSettings

log = logging.getLogger("idp.ratelimit")
IPV6_SITE_BITS = 64
WAIT_WITHOUT_COUNTERS_SECONDS = 60


@dataclass(frozen=True)
class Budget:
    """How many tries a kind of act has; ``fail_closed`` refuses when none can count."""

    name: str
    limits: tuple[RateLimitItem, ...]
    fail_closed: bool = False

    @classmethod
    def named(cls, name: str) -> "Budget":
        """Return the budget that ``IDP_RATELIMIT_<NAME>`` describes."""
        notation = getattr(current(RateLimitSettings), f"ratelimit_{name}")
        return cls.of(name, notation)

    @classmethod
    def of(cls, name: str, notation: str, *, fail_closed: bool = False) -> "Budget":
        """Return a budget from the notation of ``limits``."""
        items = () if notation == OFF else tuple(parse_many(notation))
        return cls(name, items, fail_closed)


class Counters:
    """The app's storage; opened at first use, because workers are forked before."""

    @cached_property
    def shared(self) -> Storage:
        """What all processes count in."""
        redis_url = current(ServerSettings).redis_url
        return open_storage(current(Database).engine, redis_url)

    @cached_property
    def local(self) -> MemoryStorage:
        """What this process counts in while the shared one is away."""
        return MemoryStorage()


# A limiter, a limit, and the parts of the key: one of the limiter's own methods.
Act = Callable[..., bool]


def check(budget: Budget, *key: str) -> None:
    """Raise RateLimited when the budget of this key is used up; count nothing."""
    _refuse_if_spent(budget, key, act=FixedWindowRateLimiter.test)


def count(budget: Budget, *key: str) -> None:
    """Count one try; raise RateLimited when it was one too many.

    Of tries that passed ``check`` side by side, only as many as allowed pass here.
    """
    _refuse_if_spent(budget, key, act=FixedWindowRateLimiter.hit)


def clear(budget: Budget, *key: str) -> None:
    """Forget the tries of this key."""
    for item in budget.limits:
        _run(budget, item, key=key, act=_forget)


def name(budget: Budget, key: tuple[str, ...]) -> tuple[str, str]:
    """Return the parts of a counter's key: the budget, the digest of what counts."""
    return budget.name, digest("\0".join(key))[:32]


def network_of(ip: str | None) -> str:
    """Return what counts as one address: the /64 of IPv6, because a site owns it."""
    if ip is None:
        return "none"
    address = ip_address(ip)
    if address.version == 4:  # noqa: PLR2004 - the protocol's name
        return ip
    return str(ip_network((address, IPV6_SITE_BITS), strict=False))


def _forget(limiter: FixedWindowRateLimiter, item: RateLimitItem, *of: str) -> bool:
    """Clear one counter."""
    limiter.clear(item, *of)
    return True


def _refuse_if_spent(budget: Budget, key: tuple[str, ...], *, act: Act) -> None:
    """Do ``act`` for each limit of the budget; raise with the longest wait."""
    spent = [item for item in budget.limits if not _run(budget, item, key=key, act=act)]
    if spent:
        raise RateLimited(max(_seconds_left(budget, item, key=key) for item in spent))


def _seconds_left(budget: Budget, item: RateLimitItem, *, key: tuple[str, ...]) -> int:
    """Return how long until the window ends, at least one second."""
    counters = current(Counters)
    try:
        end = FixedWindowRateLimiter(counters.shared).get_window_stats(
            item, *name(budget, key)
        )
    except StorageError:
        return WAIT_WITHOUT_COUNTERS_SECONDS
    return max(1, round(end.reset_time - utcnow().timestamp()))


def _run(
    budget: Budget, item: RateLimitItem, *, key: tuple[str, ...], act: Act
) -> bool:
    """Do ``act`` on the shared counters; without them refuse, or count locally."""
    counters = current(Counters)
    try:
        return act(FixedWindowRateLimiter(counters.shared), item, *name(budget, key))
    except StorageError as error:
        log.warning("counters unavailable", extra={"error": str(error)})
        if budget.fail_closed:
            return False
        return act(FixedWindowRateLimiter(counters.local), item, *name(budget, key))
