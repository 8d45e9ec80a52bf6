"""Users as an operator lists them."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.accounts.models import User
from idp.core.db import db


@dataclass(frozen=True)
class ListedUser:
    """One line about a person; ``id`` is the public ``sub``."""

    id: str
    email: str
    email_verified: bool
    username: str | None
    status: str
    roles: list[str]


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
