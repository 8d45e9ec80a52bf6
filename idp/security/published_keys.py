"""Keys that others publish at a ``jwks_uri``: fetched, and kept by the process."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from idp.core.clock import utcnow
from idp.core.context import about_to_wait, current
from idp.security import audit
from idp.security.jwks import MAX_KEYS, PublicKey, listed, usable_keys
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound

FRESH_SECONDS = 300
# Who rotates their keys is understood after this. No number of wrong signatures makes
# us ask their server more often.
RENEWED_SECONDS = 30
KEPT_WHILE_AWAY = timedelta(days=1)
MAX_SETS = 1000


@dataclass(frozen=True)
class KeySet:
    """The keys behind one ``jwks_uri``: when they came, when we last tried."""

    keys: tuple[PublicKey, ...]
    fetched_at: datetime
    tried_at: datetime


class PublishedKeys:
    """Key sets that others publish, kept by the process."""

    def __init__(self) -> None:
        self._sets: dict[str, KeySet] = {}
        self._locks: dict[str, Lock] = {}

    def published(self, uri: str, *, younger_than: int) -> tuple[PublicKey, ...]:
        """Return the keys at ``uri`` as they were at most so many seconds ago.

        While its server is away, what it said last counts for a day.
        """
        now = utcnow()
        kept = self._sets.get(uri)
        if kept is None or (now - kept.tried_at).total_seconds() >= younger_than:
            kept = self._renew(uri, kept, now=now)
        return kept.keys if now - kept.fetched_at < KEPT_WHILE_AWAY else ()

    def _renew(self, uri: str, known: KeySet | None, *, now: datetime) -> KeySet:
        """Fetch, unless another thread has just done so."""
        about_to_wait()
        if len(self._sets) >= MAX_SETS:
            self._sets, self._locks = {}, {}
        with self._locks.setdefault(uri, Lock()):
            kept = self._sets.get(uri)
            if kept is not None and kept is not known:
                return kept
            keys = _fetch_keys(uri)
            if keys is None:
                keys, fetched_at = (
                    (known.keys, known.fetched_at) if known else ((), now)
                )
            else:
                fetched_at = now
            self._sets[uri] = renewed = KeySet(keys, fetched_at, now)
            return renewed


def published_candidates(
    uri: str, *, kid: str | None, algorithm: str
) -> Iterator[PublicKey]:
    """Yield the keys at ``uri`` that may have signed, the likeliest first.

    What the known keys do not explain makes us look there again.
    """
    for age in (FRESH_SECONDS, RENEWED_SECONDS):
        published = current(PublishedKeys).published(uri, younger_than=age)
        found = fitting(published, kid=kid, algorithm=algorithm)
        yield from found
        if found and kid is not None:
            return


def fitting(
    keys: tuple[PublicKey, ...], *, kid: str | None, algorithm: str
) -> list[PublicKey]:
    """Return the keys that a ``kid`` may mean: of that name, or of none."""
    named = [key for key in keys if kid is None or key.kid in (None, kid)]
    return [key for key in named if algorithm in key.algorithms]


def _fetch_keys(uri: str) -> tuple[PublicKey, ...] | None:
    """Return the keys at ``uri`` now, None when there is no answer to believe."""
    answer = current(Outbound).get(uri, accept="application/json")
    if isinstance(answer, Blocked):
        audit.note("ssrf.blocked", outcome="refused", host=answer.host)
    if isinstance(answer, Blocked | Failed):
        return None
    return _read_keys(answer)


def _read_keys(answer: Fetched) -> tuple[PublicKey, ...] | None:
    """Return the keys in an answer, None when it is no JWK Set."""
    try:
        found = listed(json.loads(answer.body)) if answer.status == 200 else []  # noqa: PLR2004 - HTTP's own word
    except (ValueError, RecursionError):
        return None
    return usable_keys(found[:MAX_KEYS]) if found else None
