"""Roles: what some people may do here that others may not."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy import Text, cast, or_, select

from idp.accounts.errors import InvalidInput
from idp.accounts.models import User, UserStatus
from idp.core.db import db
from idp.core.errors import FieldError, IdpError


class Role(StrEnum):
    """All roles that there are."""

    OWNER = "owner"
    ADMIN = "admin"
    SUPPORT = "support"
    AUDITOR = "auditor"


ADMINISTERING = (Role.OWNER, Role.ADMIN)  # the others open nothing yet
ADMINS = (
    select(User.id)
    .where(User.status == UserStatus.ACTIVE)
    .where(
        or_(
            *[
                cast(User.roles, Text).contains(f'"{role}"', autoescape=True)
                for role in ADMINISTERING
            ]
        )
    )
    .order_by(User.id)
)


class LastAdmin(IdpError):
    """A change after which nobody could administer this server any more."""

    code = "last_admin"
    status = HTTPStatus.CONFLICT
    title = "This is the last administrator. Make another one first."


def may_administer(roles: Iterable[str]) -> bool:
    """Tell whether a user with these roles administers this server."""
    return not set(ADMINISTERING).isdisjoint(roles)


def accepted_roles(roles: Iterable[object]) -> list[str]:
    """Return roles as they are stored; raises InvalidInput for what is none."""
    wanted = list(roles)
    known = {role.value for role in Role}
    errors = [
        FieldError("roles", "unknown", values={"role": role, "known": ", ".join(Role)})
        for role in wanted
        if role not in known
    ]
    if errors:
        raise InvalidInput(errors)
    return sorted({str(role) for role in wanted})


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


def give_roles(user: User, roles: Iterable[str]) -> bool:
    """Make these a user's roles, and no others; False when they were already.

    Raises InvalidInput for what is no role, and LastAdmin.
    """
    wanted = accepted_roles(roles)
    if wanted == sorted(user.roles):
        return False
    with spare_last_admin():
        user.roles = wanted
    return True
