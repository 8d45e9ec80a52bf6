"""What a store must be able to do. Times are seconds since 1970."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Record:
    """A session as it is stored; ``key``, ``sid`` and ``sub`` are digests of names.

    The latter two are the issuer's names for it.
    """

    key: str
    sid: str | None
    sub: str
    sealed: str
    ends_at: float


class Store(Protocol):
    """Sessions, and names that one caller at a time has.

    Every operation is one step for all who use the store at the same time.
    """

    def add(self, record: Record, *, now: float) -> None:
        """Store a session."""

    def find(self, key: str, *, now: float) -> str | None:
        """Return what is sealed in a session that has not ended."""

    def replace(self, record: Record) -> bool:
        """Store a session's newest state; False, and nothing, if it is not there."""

    def remove(self, key: str) -> None:
        """Remove a session, if it is there."""

    def remove_named(self, *, sid: str | None, sub: str | None) -> int:
        """Remove the sessions that bear each name that is given; return how many."""

    def claim(self, name: str, *, owner: str, ends_at: float, now: float) -> bool:
        """Take a name until it ends; False if somebody has it."""

    def release(self, name: str, *, owner: str) -> None:
        """Give a name back, if the owner still has it."""
