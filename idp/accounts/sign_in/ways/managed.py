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
    ``judges`` tells whether one has a password that counts, ``verify`` whether it is
    this; it raises DirectoryAway. ``is_there`` tells whether a user may sign in by
    another way. The last two ask somebody else's server: before the first write.
    """

    name_of: Callable[[User], str | None]
    judges: Callable[[User], bool]
    verify: Callable[[User, str], bool]
    is_there: Callable[[User], bool]


class DirectoryAway(IdpError):
    """A directory that cannot say whose password it is; later it may."""

    code = "provider_away"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The directory that has your password can’t be reached right now."
    retry_after_seconds = 5

    def __init__(self, provider_name: str) -> None:
        super().__init__()
        self.provider_name = provider_name


class PasswordManaged(IdpError):
    """A password that is set elsewhere; ``managed_by`` is told in JSON."""

    code = "password_managed"
    status = HTTPStatus.CONFLICT
    title = "Your password is managed elsewhere. Change it there."

    def __init__(self, managed_by: str) -> None:
        super().__init__()
        self.members = {"managed_by": managed_by}


class UserPasswordManaged(PasswordManaged):
    """The same, told to who would have somebody else set one."""

    title = "This user’s password is managed elsewhere: it cannot be set here."


def manager_of(user: User) -> str | None:
    """Return the name of what has a user's password, None where it is set here."""
    return current(PasswordManagers).name_of(user)


def is_there(user: User) -> bool:
    """Tell whether a user's directory, if there is one, still has them.

    To be asked before the first write, of who signs in by a way that it does not see.
    """
    return current(PasswordManagers).is_there(user)


def own_password_hash(user: User) -> str | None:
    """Return the hash of the password that opens the account here, if one does.

    One from before a directory had the password opens nothing.
    """
    managed = user.password_hash is not None and manager_of(user) is not None
    return None if managed else user.password_hash


def has_password(user: User) -> bool:
    """Tell whether a password opens the account: one of ours, or of a directory."""
    return bool(own_password_hash(user)) or current(PasswordManagers).judges(user)


def is_of_directory(user: User, password: str) -> bool:
    """Tell whether a password is what a user's directory has; raises DirectoryAway.

    To be asked before the first write.
    """
    managers = current(PasswordManagers)
    return managers.judges(user) and managers.verify(user, password)


def refuse_managed(user: User) -> None:
    """Raise UserPasswordManaged unless somebody else may have the user set one here."""
    manager = manager_of(user)
    if manager is not None:
        raise UserPasswordManaged(manager)


def require_own_password(user: User) -> None:
    """Raise PasswordManaged unless the user's password is set here."""
    manager = manager_of(user)
    if manager is not None:
        raise PasswordManaged(manager)
