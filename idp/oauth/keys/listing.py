"""The signing keys as operators see them: which signs, which is next, which is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from sqlalchemy import select

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.oauth.keys.stored import takes_over
from idp.oauth.models import SigningKey
from idp.oauth.settings import OAuthSettings

State = Literal["next", "signing", "published", "retired", "revoked"]


@dataclass(frozen=True)
class ListedKey:
    """One signing key, without its private part.

    ``signs_until`` is when the next key takes over, or will have to. A ``published``
    key signs no more, and what it signed is still good; a ``retired`` one is published
    no more, and tells a genuine hint for some time yet; a ``revoked`` one proves
    nothing.
    """

    kid: str
    algorithm: str
    state: State
    created_at: datetime
    signs_from: datetime
    signs_until: datetime
    retires_at: datetime | None


def list_keys() -> list[ListedKey]:
    """Return the keys by algorithm, the newest first."""
    newest_first = select(SigningKey).order_by(
        SigningKey.algorithm, SigningKey.generation.desc()
    )
    rows = db.session.scalars(newest_first).all()
    by_algorithm = groupby(rows, key=lambda row: row.algorithm)
    return [key for _, keys in by_algorithm for key in _states(list(keys))]


def find_key(kid: str) -> ListedKey | None:
    """Return one key."""
    return next((key for key in list_keys() if key.kid == kid), None)


def _states(keys: list[SigningKey]) -> Iterator[ListedKey]:
    """Yield one algorithm's keys: of those whose time has come the newest signs."""
    now, lifetime = utcnow(), current(OAuthSettings).key_lifetime_seconds
    taken_over_at, signing = None, False
    for key in keys:
        ends_at = taken_over_at or key.signs_from + timedelta(seconds=lifetime)
        if key.revoked_at is not None:
            ends_at = min(ends_at, key.revoked_at)
        yield ListedKey(
            kid=key.kid,
            algorithm=key.algorithm,
            state=_state(key, now=now, followed=signing),
            created_at=key.created_at,
            signs_from=key.signs_from,
            signs_until=ends_at,
            retires_at=key.retires_at,
        )
        if takes_over(key):
            signing = signing or key.signs_from <= now
            taken_over_at = min(key.signs_from, taken_over_at or key.signs_from)


def _state(key: SigningKey, *, now: datetime, followed: bool) -> State:
    """Return the state of a key that a newer one has, or has not, followed."""
    if key.revoked_at is not None:
        return "revoked"
    if key.retires_at is not None and key.retires_at <= now:
        return "retired"
    if followed:
        return "published"
    return "signing" if key.signs_from <= now else "next"
