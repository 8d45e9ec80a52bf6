"""The user whom a command names, at a running server."""

from typing import Any

from idp.accounts.names import email_key, username_key
from idp.cli.by_server.connection import Server
from idp.cli.people import nobody_is


def user_at(server: Server, login: str) -> dict[str, Any]:
    """Return a user by what they sign in as, or by id; raises NoSuchUser."""
    found: dict[str, Any]
    for found in server.items("/api/users", query=login):
        if _is_named(found, login) or _has_address(server, found, login=login):
            return found
    raise nobody_is(login)


def _has_address(server: Server, user: dict[str, Any], *, login: str) -> bool:
    """Tell whether a login is a further address of a user whom a search has found."""
    if "@" not in login:
        return False
    emails = server.get(f"/api/accounts/{user['id']}")["credentials"]["emails"]
    return email_key(login) in {email_key(each["email"]) for each in emails}


def _is_named(user: dict[str, Any], login: str) -> bool:
    """Tell whether a login names a user."""
    if "@" in login:
        return email_key(user["email"]) == email_key(login)
    username = user["username"]
    by_name = username and username_key(username) == username_key(login)
    return bool(by_name) or user["id"] == login
