"""Passwords that a directory has: none of them is set here."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from idp.accounts.models import User
from idp.core.context import current
from idp.core.errors import IdpError


@dataclass(frozen=True)
class PasswordManagers:
    """Who has the passwords of users: directories, which stand above accounts.

    ``name_of`` gives the name of a user's, None for who has a password here or may.
    """

    name_of: Callable[[User], str | None]


class PasswordManaged(IdpError):
    """A password that is set elsewhere; ``managed_by`` is told in JSON."""

    code = "password_managed"
    status = HTTPStatus.CONFLICT
    title = "Your password is managed elsewhere. Change it there."

    def __init__(self, managed_by: str) -> None:
        super().__init__()
        self.members = {"managed_by": managed_by}


def manager_of(user: User) -> str | None:
    """Return the name of what has a user's password, None where it is set here."""
    return current(PasswordManagers).name_of(user)


def own_password_hash(user: User) -> str | None:
    """Return the hash of the password that opens the account here, if one does.

    One from before a directory had the password opens nothing.
    """
    managed = user.password_hash is not None and manager_of(user) is not None
    return None if managed else user.password_hash


def require_own_password(user: User) -> None:
    """Raise PasswordManaged unless the user's password is set here."""
    manager = manager_of(user)
    if manager is not None:
        raise PasswordManaged(manager)
