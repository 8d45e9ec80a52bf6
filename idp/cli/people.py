"""The user whom a command names."""

from idp.accounts.models import User
from idp.accounts.users import find_by_login, find_user
from idp.core.errors import FieldError
from idp.web.callers.access import NoSuchUser


def user_named(login: str) -> User:
    """Return a user by what they sign in as, or by id; raises NoSuchUser."""
    user = find_by_login(login) or find_user(login)
    if user is None:
        raise nobody_is(login)
    return user


def nobody_is(login: str) -> NoSuchUser:
    """Return the refusal of a login that names no user."""
    said = f"nobody is {login}; give the address, username or id of a user"
    return NoSuchUser([FieldError("user", NoSuchUser.code, said)])
