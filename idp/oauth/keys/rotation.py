"""The life of signing keys: made, published, signing, retired (security.md §9).

The first key of an algorithm signs at once. Each later one is published first, so that
every relying party has fetched it before it meets its signature, and the one before
stays published until the last token it signed has expired, plus a day.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db
from idp.core.errors import IdpError
from idp.core.sealing import Keyring
from idp.oauth.keys.signer import KEYS, PUBLISH_SECONDS
from idp.oauth.models import SigningKey
from idp.oauth.settings import OAuthSettings
from idp.security import audit

DEFAULT_ALGORITHMS = ("RS256", "ES256")
RSA_BITS = 2048
# Twice, because clocks of nodes differ and a commit takes its time.
SHOWN_SECONDS = 2 * PUBLISH_SECONDS
KEPT_LONGER = timedelta(days=1)
READ_LONGER = timedelta(days=30)  # hints are as old as the longest session


class KeyWaits(IdpError):
    """A rotation while the next keys are published and wait for their time."""

    code = "key_waits"
    status = HTTPStatus.CONFLICT
    title = "The next keys are published already, and sign when their time has come."


class Newest(NamedTuple):
    """The newest key of an algorithm."""

    kid: str
    algorithm: str
    generation: int
    signs_from: datetime


def ensure_keys(*algorithms: str) -> None:
    """Make the first key of each algorithm that has none; it signs at once.

    Nodes may start together: of two first keys only one is stored.
    """
    wanted = algorithms or DEFAULT_ALGORITHMS
    for algorithm, key in _generated(a for a in wanted if _find_newest(a) is None):
        signs_from = utcnow()
        kid = _add_key(algorithm, key, generation=1, signs_from=signs_from)
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
    followed = [a for a, key in newest.items() if now or key.signs_from <= moment]
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
    ends = {a: key.signs_from + lifetime for a, key in newest.items()}
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
    """Return a new key for each algorithm, all made before anything is written.

    An RSA key takes long to find, and a write lock is the whole server's on SQLite.
    """
    return [(algorithm, _generate(algorithm)) for algorithm in algorithms]


def _algorithms_in_use() -> list[str]:
    """Return the algorithms that have a key."""
    names = select(SigningKey.algorithm).distinct().order_by(SigningKey.algorithm)
    return list(db.session.scalars(names))


def _newest_keys() -> dict[str, Newest]:
    """Return the newest key of each algorithm that has one.

    Who makes a successor asks before generating it: if another has added one by then,
    the generation is taken.
    """
    found = (_find_newest(algorithm) for algorithm in _algorithms_in_use())
    return {newest.algorithm: newest for newest in found if newest}


def _find_newest(algorithm: str) -> Newest | None:
    """Return the newest key of an algorithm."""
    newest = (
        select(
            SigningKey.kid,
            SigningKey.algorithm,
            SigningKey.generation,
            SigningKey.signs_from,
        )
        .where(SigningKey.algorithm == algorithm)
        .order_by(SigningKey.generation.desc())
        .limit(1)
    )
    row = db.session.execute(newest).one_or_none()
    return Newest(*row) if row else None


def _add_successor(
    key: Key, *, after: Newest, signs_from: datetime, by: str | None = None
) -> str | None:
    """Store the next key and end the others' time; None when another node was first."""
    algorithm, generation = after.algorithm, after.generation + 1
    kid = _add_key(algorithm, key, generation=generation, signs_from=signs_from)
    if kid is not None:
        _retire_before(algorithm, generation, signs_from=signs_from)
        _record(kid, algorithm, signs_from=signs_from, before=after.kid, by=by)
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


def _retire_before(algorithm: str, generation: int, *, signs_from: datetime) -> None:
    """Say until when the keys before ``generation`` stay published."""
    settings = current(OAuthSettings)
    longest = max(settings.access_token_seconds, settings.id_token_seconds)
    retires_at = signs_from + timedelta(seconds=longest) + KEPT_LONGER
    older = select(SigningKey).where(
        SigningKey.algorithm == algorithm, SigningKey.generation < generation
    )
    for key in db.session.scalars(older):
        key.retires_at = min(key.retires_at or retires_at, retires_at)


def _add_key(
    algorithm: str, key: Key, *, generation: int, signs_from: datetime
) -> str | None:
    """Store a key; None when this generation exists by now."""
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": algorithm}
    private = json.dumps(key.as_dict(private=True)).encode()
    row = SigningKey(
        kid=kid,
        algorithm=algorithm,
        generation=generation,
        public_jwk=public,
        private_sealed=current(Keyring).seal(private, bound_to=kid),
        created_at=utcnow(),
        signs_from=signs_from,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return None
    current(Caches).bump(KEYS)
    return kid


def _generate(algorithm: str) -> Key:
    """Return a new key pair for an algorithm."""
    if algorithm == "ES256":
        return ECKey.generate_key("P-256")
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    return RSAKey.generate_key(RSA_BITS)
