"""Users and signing keys as an operator lists them."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.models import SigningKey


@dataclass(frozen=True)
class ListedUser:
    """One line about a person; ``id`` is the public ``sub``."""

    id: str
    email: str
    email_verified: bool
    username: str | None
    status: str
    roles: list[str]


@dataclass(frozen=True)
class ListedSigningKey:
    """One line about a signing key; ``state`` is next, signing or retiring."""

    kid: str
    algorithm: str
    state: str
    signs_from: str
    retires_at: str | None


def list_users() -> list[ListedUser]:
    """Return all users by address."""
    by_address = select(User).order_by(User.email_key)
    return list(map(listed_user, db.session.scalars(by_address)))


def listed_user(user: User) -> ListedUser:
    """Return a user as they are listed."""
    return ListedUser(
        user.id,
        user.email,
        user.email_verified_at is not None,
        user.username,
        user.status,
        list(user.roles),
    )


def list_keys() -> list[ListedSigningKey]:
    """Return the published keys by algorithm, the newest first."""
    newest_first = select(SigningKey).order_by(
        SigningKey.algorithm, SigningKey.signs_from.desc()
    )
    now, signing, listed = utcnow(), set[str](), []
    for key in db.session.scalars(newest_first).all():
        if key.signs_from > now:
            state = "next"
        elif key.algorithm in signing:
            state = "retiring"
        else:
            state = "signing"
            signing.add(key.algorithm)
        retires_at = key.retires_at.isoformat() if key.retires_at else None
        since = key.signs_from.isoformat()
        listed.append(
            ListedSigningKey(key.kid, key.algorithm, state, since, retires_at)
        )
    return listed
