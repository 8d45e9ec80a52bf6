"""Giving and taking roles, so that nobody rises above what they hold."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from sqlalchemy import Text, cast, select

from idp.accounts.access.permissions import Permission, Role, beyond
from idp.accounts.errors import InvalidInput
from idp.accounts.models import User, UserStatus
from idp.accounts.models.user import HAS_ROLES
from idp.core.db import begin_writing, db
from idp.core.errors import FieldError, IdpError

OWNERS = (
    select(User.id)
    .where(User.status == UserStatus.ACTIVE, HAS_ROLES)
    .where(cast(User.roles, Text).contains(f'"{Role.OWNER}"', autoescape=True))
    .order_by(User.email_key)
)


class LastOwner(IdpError):
    """A change after which nobody could do everything here any more."""

    code = "last_owner"
    status = HTTPStatus.CONFLICT
    title = "This is the last owner. Make another one first."


class RoleBeyond(IdpError):
    """A role given or taken by somebody who does not hold all that it holds."""

    code = "role_beyond"
    status = HTTPStatus.FORBIDDEN
    title = "You can only give and take roles that hold no more than you do."


class PermissionBeyond(IdpError):
    """A permission given by somebody who does not hold it."""

    code = "permission_beyond"
    status = HTTPStatus.FORBIDDEN
    title = "You can only give permissions that you hold."


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
def spare_last_owner() -> Iterator[None]:
    """Raise LastOwner after a change that leaves no active owner, where one was.

    Of two such changes at once one waits for the other: PostgreSQL locks the owners'
    rows here, SQLite the database at the first write, so the count comes after it.
    """
    before = db.session.scalars(OWNERS.with_for_update()).all()
    yield
    db.session.flush()
    if before and not db.session.scalars(OWNERS).all():
        raise LastOwner


def give_roles(
    user: User, roles: Iterable[str], *, held: frozenset[Permission]
) -> bool:
    """Make these a user's roles, and no others; False when they were already.

    ``held`` is what the giver may do. Raises InvalidInput for what is no role,
    RoleBeyond and LastOwner.
    """
    wanted = accepted_roles(roles)
    with spare_last_owner():
        return _replace(user, wanted, held=held)


def change_roles(
    user: User, *, give: Iterable[str], take: Iterable[str], held: frozenset[Permission]
) -> list[str]:
    """Give a user roles and take others, and return those before.

    Of two such changes at once neither is lost. Raises what ``give_roles`` does.
    """
    begin_writing()
    with spare_last_owner():
        db.session.refresh(user, ["roles"], with_for_update=True)
        before = sorted(user.roles)
        wanted = accepted_roles({*before, *give} - {*take})
        _replace(user, wanted, held=held)
    return before


def _replace(user: User, wanted: list[str], *, held: frozenset[Permission]) -> bool:
    """Set roles that are others than before."""
    if wanted == sorted(user.roles):
        return False
    if beyond(held, old=user.roles, new=wanted):
        raise RoleBeyond
    user.roles = wanted
    return True
