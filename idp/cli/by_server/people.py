"""The user whom a command names, at a running server."""

from typing import Any

from idp.accounts.names import email_key, username_key
from idp.cli.by_server.connection import Server
from idp.cli.people import nobody_is


def user_at(server: Server, login: str) -> dict[str, Any]:
    """Return a user by what they sign in as, or by id; raises NoSuchUser."""
    for user in server.items("/api/users", query=login):
        if _is_named(user, login):
            found: dict[str, Any] = user
            return found
    raise nobody_is(login)


def _is_named(user: dict[str, Any], login: str) -> bool:
    """Tell whether a login names a user."""
    if "@" in login:
        return email_key(user["email"]) == email_key(login)
    username = user["username"]
    by_name = username and username_key(username) == username_key(login)
    return bool(by_name) or user["id"] == login
