"""Whether opened networks are reached: not for URLs that somebody else has set."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from idp.security.outbound.targets import HostPort


@dataclass(frozen=True)
class Reach:
    """Which hosts may lie in networks that operators have opened; None for any."""

    hosts: frozenset[HostPort] | None = None

    def includes(self, where: HostPort | None) -> bool:
        """Tell whether a host may."""
        return self.hosts is None or where in self.hosts


ANYWHERE, NOWHERE = Reach(), Reach(frozenset())
_REACH: ContextVar[Reach] = ContextVar("reach", default=ANYWHERE)


@contextmanager
def public_addresses_alone(
    *, when: bool = True, but: Iterable[HostPort] = ()
) -> Iterator[None]:
    """Reach no network that operators have opened, in all that is called here.

    ``but`` are hosts, each at one port, that may lie there.
    """
    outer = present_reach()
    inner = Reach(frozenset(filter(outer.includes, but))) if when else outer
    before = _REACH.set(inner)
    try:
        yield
    finally:
        _REACH.reset(before)


def present_reach() -> Reach:
    """Return what may be reached now."""
    return _REACH.get()
