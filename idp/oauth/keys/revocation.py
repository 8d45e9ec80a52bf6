"""Signing keys that may be in other hands: out of use at once, on every node."""

from datetime import datetime
from http import HTTPStatus

from joserfc.jwk import Key
from sqlalchemy import bindparam, case, or_, select, update

from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db
from idp.core.errors import IdpError
from idp.oauth.keys.signer import KEYS
from idp.oauth.keys.stored import (
    LIVE,
    OF_ALGORITHM,
    add_key,
    generate_key,
    last_generation,
    set_ends,
    stored,
)
from idp.security import audit

NOW = bindparam("now", type_=stored.c.signs_from.type)
THIS = stored.c.kid == bindparam("of_kid")
ALGORITHM_OF = select(stored.c.algorithm).where(THIS)
SIGNING = (
    select(stored.c.kid)
    .where(OF_ALGORITHM, *LIVE, stored.c.signs_from <= NOW)
    .order_by(stored.c.generation.desc())
    .limit(1)
)
WAITING = (
    select(stored.c.kid)
    .where(OF_ALGORITHM, *LIVE, stored.c.signs_from > NOW)
    .order_by(stored.c.generation.desc())
    .limit(1)
)
OVER = or_(stored.c.retires_at.is_(None), stored.c.retires_at > NOW)
REVOKE = (
    update(stored)
    .where(THIS, stored.c.revoked_at.is_(None))
    .values(revoked_at=NOW, retires_at=case((OVER, NOW), else_=stored.c.retires_at))
)
SIGN_NOW = update(stored).where(THIS, stored.c.signs_from > NOW).values(signs_from=NOW)


class NoSuchKey(IdpError):
    """A signing key that does not exist, or that is gone by now."""

    code = "no_such_key"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such signing key."


def revoke(kid: str, *, by: str | None = None) -> str | None:
    """Take a key out of use: it is published no more, and proves nothing it signed.

    Where it signs, the next key signs from now on, one made for that if none waits;
    return which. None when it did not sign, or was revoked before. Raises NoSuchKey.
    """
    algorithm = db.session.scalar(ALGORITHM_OF, {"of_kid": kid})
    if algorithm is None:
        raise NoSuchKey
    spare = generate_key(algorithm)
    current(Caches).bump(KEYS)
    now = utcnow()
    values = {"of_algorithm": algorithm, "now": now}
    signing = db.session.scalar(SIGNING, values)
    if not changed_one(REVOKE, {"of_kid": kid, "now": now}):
        return None
    successor = _sign_instead(algorithm, spare, now=now) if signing == kid else None
    set_ends(algorithm)
    audit.record(
        "key.revoked",
        user_id=by,
        kid=kid,
        algorithm=algorithm,
        after={"kid": successor} if successor else None,
    )
    return successor


def _sign_instead(algorithm: str, spare: Key, *, now: datetime) -> str | None:
    """Let the key that waits sign from now on, or a new one; return which."""
    values = {"of_algorithm": algorithm, "now": now}
    waiting: str | None = db.session.scalar(WAITING, values)
    if waiting is not None and changed_one(SIGN_NOW, {"of_kid": waiting, "now": now}):
        return waiting
    generation = last_generation(algorithm) + 1
    return add_key(algorithm, spare, generation=generation, signs_from=now)
