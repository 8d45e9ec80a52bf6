"""Documents that others publish: fetched when needed, and kept by the process.

Operators have set where most are, so opened networks are reached. What is not there for
others (``public_addresses_alone``) is kept apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from idp.core.clock import utcnow
from idp.core.context import about_to_wait, current
from idp.security import audit
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound
from idp.security.outbound.reach import present_reach
from idp.security.outbound.targets import place_of

T = TypeVar("T")
Read = Callable[[Fetched], T | None]

KEPT_WHILE_AWAY = timedelta(days=1)
MAX_DOCUMENTS = 1000
_Key = tuple[str, bool]


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """What one URL had last: when it came, when we last tried."""

    content: T | None
    fetched_at: datetime
    tried_at: datetime


class KeptDocuments(Generic[T]):
    """What is published at some URLs, as ``read`` understands it."""

    def __init__(self, read: Read[T]) -> None:
        self._read = read
        self._documents: dict[_Key, _Kept[T]] = {}
        self._locks: dict[_Key, Lock] = {}

    def at(self, uri: str, *, younger_than: int) -> T | None:
        """Return what was at ``uri`` at most so many seconds ago, None for nothing.

        While its server is away, what it said last counts for a day.
        """
        now, key = utcnow(), _key(uri)
        kept = self._documents.get(key)
        if kept is None or (now - kept.tried_at).total_seconds() >= younger_than:
            kept = self._renew(key, kept, now=now)
        return kept.content if now - kept.fetched_at < KEPT_WHILE_AWAY else None

    def now(self, uri: str, *, within: int) -> T | None:
        """Return what is at ``uri``, None where its server gave no answer lately.

        It was asked at most so many seconds ago.
        """
        content = self.at(uri, younger_than=within)
        kept = self._documents.get(_key(uri))
        answered = kept is not None and kept.fetched_at == kept.tried_at
        return content if answered else None

    def _renew(self, key: _Key, known: _Kept[T] | None, *, now: datetime) -> _Kept[T]:
        """Fetch, unless another thread has just done so."""
        about_to_wait()
        if len(self._documents) >= MAX_DOCUMENTS:
            self._documents, self._locks = {}, {}
        with self._locks.setdefault(key, Lock()):
            kept = self._documents.get(key)
            if kept is not None and kept is not known:
                return kept
            content, fetched_at = self._fetch(key[0]), now
            if content is None and known:
                content, fetched_at = known.content, known.fetched_at
            self._documents[key] = renewed = _Kept(content, fetched_at, now)
            return renewed

    def _fetch(self, uri: str) -> T | None:
        """Return what is at ``uri`` now, None when there is no answer to believe."""
        answer = current(Outbound).for_operators().get(uri, accept="application/json")
        if isinstance(answer, Blocked):
            audit.note("ssrf.blocked", outcome="refused", host=answer.host)
        if isinstance(answer, Blocked | Failed):
            return None
        return self._read(answer)


def _key(uri: str) -> _Key:
    """Return what a document is kept under."""
    return uri, present_reach().includes(place_of(uri))
