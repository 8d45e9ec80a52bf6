"""Roles: what some people may do here that others may not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

from sqlalchemy import Text, cast, select

from idp.accounts.models import User, UserStatus
from idp.core.db import db
from idp.core.errors import IdpError

ADMIN = "admin"
ADMINS = (
    select(User.id)
    .where(User.status == UserStatus.ACTIVE)
    .where(cast(User.roles, Text).contains(f'"{ADMIN}"', autoescape=True))
    .order_by(User.id)
)


class LastAdmin(IdpError):
    """A change after which nobody could administer this server any more."""

    code = "last_admin"
    status = HTTPStatus.CONFLICT
    title = "This is the last administrator. Make another one first."


@contextmanager
def spare_last_admin() -> Iterator[None]:
    """Raise LastAdmin after a change that leaves no active admin, where one was.

    Of two such changes at once one waits for the other: PostgreSQL locks the admins'
    rows here, SQLite the database at the first write, so the count comes after it.
    """
    before = db.session.scalars(ADMINS.with_for_update()).all()
    yield
    db.session.flush()
    if before and not db.session.scalars(ADMINS).all():
        raise LastAdmin


def give_roles(user: User, roles: Sequence[str]) -> bool:
    """Make these a user's roles, and no others; False when they were already.

    Raises LastAdmin.
    """
    wanted = sorted(set(roles))
    if wanted == sorted(user.roles):
        return False
    with spare_last_admin():
        user.roles = wanted
    return True
