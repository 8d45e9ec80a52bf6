"""What a process keeps of the database, until it has changed (core.caches.versions)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Generic, TypeVar, cast

from idp.core.caches.siblings import Siblings
from idp.core.clock import utcnow
from idp.core.context import this_unit

TRUSTED_SECONDS = 30

T = TypeVar("T")
Found = TypeVar("Found")


class Cached(Generic[T]):
    """Things that were read, by key, until one of their ``names`` moves.

    Safe in threads: what is read while the rest is forgotten is put where nobody looks
    any more.
    """

    def __init__(self, *names: str, size: int = 1) -> None:
        self._names = names
        self._size = size
        self._values: dict[str, tuple[datetime, T]] = {}
        self._seen: tuple[int, ...] | None = None
        self._checked_at: datetime | None = None
        self._siblings = Siblings()
        self._mark = self._siblings.mark()

    def join(self, siblings: Siblings) -> None:
        """Forget from now on when one of these tells."""
        self._siblings = siblings
        self._mark = siblings.mark()

    def fetch(
        self,
        key: str,
        read: Callable[[], Found],
        *,
        younger_than: float = TRUSTED_SECONDS,
    ) -> T | Found:
        """Return what is kept, if it was right so many seconds ago; else read it.

        None is not kept, nor what a unit of work reads that has changed it: that may be
        undone yet.
        """
        self._listen()
        values, now = self._values, utcnow()
        kept = values.get(key)
        if kept is not None and self._age(kept[0], now) < younger_than:
            return kept[1]
        found = read()
        if found is not None and this_unit().changed.isdisjoint(self._names):
            if len(values) >= self._size:
                values.clear()
            values[key] = now, cast("T", found)
        return found

    def forget(self) -> None:
        """Keep nothing of what was read until now."""
        self._values = {}

    def depends_on(self, name: str) -> bool:
        """Tell whether things of this name are kept here."""
        return name in self._names

    def confirm(self, found: Mapping[str, int], *, at: datetime) -> None:
        """Believe what is kept once more, unless a version has moved."""
        seen = tuple(found.get(name, 0) for name in self._names)
        if seen != self._seen:
            self._seen = seen
            self.forget()
        self._checked_at = at

    def _listen(self) -> None:
        """Forget all once a sibling has committed a change, of whatever."""
        mark = self._siblings.mark()
        if mark != self._mark:
            self.forget()
            self._mark = mark  # last: until then other threads forget as well

    def _age(self, read_at: datetime, now: datetime) -> float:
        """Return for how long nobody has looked whether a thing is right."""
        looked_at = max(read_at, self._checked_at or read_at)
        return (now - looked_at).total_seconds()
