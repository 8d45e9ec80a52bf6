"""The life of signing keys: made, published, signing, retired (security.md §9).

The first key of an algorithm signs at once. Each later one is published first, so that
every relying party has fetched it before it meets its signature, and the one before
stays published until the last token it signed has expired, plus a day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus

from joserfc.jwk import Key
from sqlalchemy import delete, select

from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db
from idp.core.errors import IdpError
from idp.oauth.keys.signer import KEYS, PUBLISH_SECONDS
from idp.oauth.keys.stored import (
    Newest,
    add_key,
    find_newest,
    generate_key,
    last_generation,
)
from idp.oauth.models import SigningKey
from idp.oauth.settings import OAuthSettings
from idp.security import audit

DEFAULT_ALGORITHMS = ("RS256", "ES256")
# Twice, because clocks of nodes differ and a commit takes its time.
SHOWN_SECONDS = 2 * PUBLISH_SECONDS
READ_LONGER = timedelta(days=30)  # hints are as old as the longest session


class KeyWaits(IdpError):
    """A rotation while the next keys are published and wait for their time."""

    code = "key_waits"
    status = HTTPStatus.CONFLICT
    title = "The next keys are published already, and sign when their time has come."


def ensure_keys(*algorithms: str) -> None:
    """Make the first key of each algorithm that has none; it signs at once.

    Nodes may start together: of two first keys only one is stored.
    """
    wanted = algorithms or DEFAULT_ALGORITHMS
    # Read first: a node that makes a key from now on is seen next, or takes the same.
    following = {a: last_generation(a) + 1 for a in wanted}
    missing = {a: number for a, number in following.items() if find_newest(a) is None}
    for algorithm, key in _generated(missing):
        signs_from, generation = utcnow(), missing[algorithm]
        kid = add_key(algorithm, key, generation=generation, signs_from=signs_from)
        if kid is not None:
            _record(kid, algorithm, signs_from=signs_from)


def rotate(*, now: bool = False, by: str | None = None) -> list[str]:
    """Make the next key of each algorithm in use; return the new kids.

    It signs after ``key_publish_seconds``, when all clients know it. When
    ``now`` (an emergency) it signs as soon as every node shows it: a relying party that
    meets an unknown ``kid`` then finds it wherever it asks (OIDC Core §10.1.1).
    Without ``now`` a key that waits for its time is followed by no other; raises
    KeyWaits if there is nothing else. ``by`` is the user who wants it.
    """
    settings, moment = current(OAuthSettings), utcnow()
    ahead = SHOWN_SECONDS if now else settings.key_publish_seconds
    newest = _newest_keys()
    followed = [a for a, (key, _) in newest.items() if now or key.signs_from <= moment]
    made = _generated(followed)
    signs_from = utcnow() + timedelta(seconds=ahead)
    kids = [
        _add_successor(key, after=newest[a], signs_from=signs_from, by=by)
        for a, key in made
    ]
    added = [kid for kid in kids if kid]
    if newest and not added:
        raise KeyWaits
    return added


def rotate_due() -> list[str]:
    """Make successors of keys near the end of their time; delete old ones (job).

    A key that is published no more can still tell a genuine ``id_token_hint``.
    """
    settings, moment = current(OAuthSettings), utcnow()
    soonest = moment + timedelta(seconds=settings.key_publish_seconds)
    lifetime = timedelta(seconds=settings.key_lifetime_seconds)
    newest = _newest_keys()
    ends = {a: key.signs_from + lifetime for a, (key, _) in newest.items()}
    due = [algorithm for algorithm, end in ends.items() if end <= soonest]
    kids = [
        _add_successor(key, after=newest[a], signs_from=max(ends[a], soonest))
        for a, key in _generated(due)
    ]
    unread = SigningKey.retires_at <= moment - READ_LONGER
    deleted = connection().execute(delete(SigningKey).where(unread))
    if deleted.rowcount:
        current(Caches).bump(KEYS)
    return [kid for kid in kids if kid]


def _generated(algorithms: Iterable[str]) -> list[tuple[str, Key]]:
    """Return a new key for each algorithm, all made before anything is written."""
    return [(algorithm, generate_key(algorithm)) for algorithm in algorithms]


def _algorithms_in_use() -> list[str]:
    """Return the algorithms that have a key."""
    names = select(SigningKey.algorithm).distinct().order_by(SigningKey.algorithm)
    return list(db.session.scalars(names))


def _newest_keys() -> dict[str, tuple[Newest, int]]:
    """Return the newest key of each algorithm in use, and the generation after it.

    Who makes a successor asks before generating it: if another has added one by then,
    the generation is taken.
    """
    found = {a: (find_newest(a), last_generation(a)) for a in _algorithms_in_use()}
    return {a: (key, last + 1) for a, (key, last) in found.items() if key}


def _add_successor(
    key: Key, *, after: tuple[Newest, int], signs_from: datetime, by: str | None = None
) -> str | None:
    """Store the next key; None when another node was first."""
    before, generation = after
    algorithm = before.algorithm
    kid = add_key(algorithm, key, generation=generation, signs_from=signs_from)
    if kid is not None:
        _record(kid, algorithm, signs_from=signs_from, before=before.kid, by=by)
    return kid


def _record(
    kid: str,
    algorithm: str,
    *,
    signs_from: datetime,
    before: str | None = None,
    by: str | None = None,
) -> None:
    """Add to the audit log that a key was made, and which it follows."""
    audit.record(
        "key.rotated",
        user_id=by,
        kid=kid,
        algorithm=algorithm,
        before={"kid": before} if before else None,
        after={"kid": kid, "signs_from": signs_from.isoformat()},
    )
