"""The rows of signing keys: made, followed by others, published until a moment.

Whoever changes them moves the version of ``KEYS`` first: its row is held until they
commit, so that changes of keys are made one after the other.
"""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.sealing import Keyring, SealedColumn
from idp.oauth.keys.signer import KEYS
from idp.oauth.models import SigningKey
from idp.oauth.settings import OAuthSettings

RSA_BITS = 2048
KEPT_LONGER = timedelta(days=1)

stored = table_of(SigningKey)
SEALED = SealedColumn(stored.c.private_sealed, "{kid}")

LIVE = (
    stored.c.revoked_at.is_(None),
    or_(stored.c.retires_at.is_(None), stored.c.retires_at > bindparam("now")),
)
OF_ALGORITHM = stored.c.algorithm == bindparam("of_algorithm")
NEWEST_FIRST = select(stored).where(OF_ALGORITHM).order_by(stored.c.generation.desc())
LAST_GENERATION = select(func.max(stored.c.generation)).where(OF_ALGORITHM)
PUBLISH_UNTIL = (
    update(stored)
    .where(stored.c.kid == bindparam("of_kid"))
    .values(retires_at=bindparam("until"))
)


class Newest(NamedTuple):
    """The newest key of an algorithm that is not over."""

    kid: str
    algorithm: str
    signs_from: datetime


NEWEST = (
    select(*(stored.c[name] for name in Newest._fields))
    .where(OF_ALGORITHM, *LIVE)
    .order_by(stored.c.generation.desc())
    .limit(1)
)


def find_newest(algorithm: str) -> Newest | None:
    """Return the newest key of an algorithm that is neither revoked nor retired."""
    values = {"of_algorithm": algorithm, "now": utcnow()}
    row = db.session.execute(NEWEST, values).one_or_none()
    return Newest(*row) if row else None


def last_generation(algorithm: str) -> int:
    """Return how many keys an algorithm has had, those that are over too."""
    return db.session.scalar(LAST_GENERATION, {"of_algorithm": algorithm}) or 0


def generate_key(algorithm: str) -> Key:
    """Return a new key pair for an algorithm.

    An RSA key takes long to find: it is made before anything is written.
    """
    if algorithm == "ES256":
        return ECKey.generate_key("P-256")
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    return RSAKey.generate_key(RSA_BITS)


def add_key(
    algorithm: str, key: Key, *, generation: int, signs_from: datetime
) -> str | None:
    """Store a key, and say until when those before it are published.

    None when this generation exists by now.
    """
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
    current(Caches).bump(KEYS)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return None
    set_ends(algorithm)
    return kid


def set_ends(algorithm: str) -> None:
    """Say until when the keys of an algorithm are published.

    The newest has no end yet. Each other one is published until the last token that it
    can have signed has expired, plus a day; one that was followed already keeps its
    end, and one that is over is let be.
    """
    now, settings = utcnow(), current(OAuthSettings)
    longest = max(settings.access_token_seconds, settings.id_token_seconds)
    kept = timedelta(seconds=longest) + KEPT_LONGER
    taken_over_at: datetime | None = None
    for key in connection().execute(NEWEST_FIRST, {"of_algorithm": algorithm}).all():
        followed = taken_over_at is not None and taken_over_at <= now
        if key.revoked_at is None and not (followed and key.retires_at):
            until = taken_over_at and taken_over_at + kept
            connection().execute(PUBLISH_UNTIL, {"of_kid": key.kid, "until": until})
        if takes_over(key):
            taken_over_at = min(key.signs_from, taken_over_at or key.signs_from)


def takes_over(key: Any) -> bool:
    """Tell whether a key signs at some time: not one revoked before its time came."""
    return key.revoked_at is None or key.signs_from <= key.revoked_at
