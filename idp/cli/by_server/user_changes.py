"""``idp users disable|enable|roles|reset|delete --server``."""

import json
from dataclasses import asdict
from typing import Any

import click

from idp.cli import user_changes
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.by_server.times import seconds_of
from idp.ops.listings import ListedUser

User = dict[str, Any]


@by_server(user_changes.disable_user)
def _disable(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    account = _change(server, user, status="disabled")
    _print(user, account, said=f"{user['email']} is disabled.", as_json=as_json)


@by_server(user_changes.enable_user)
def _enable(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    account = _change(server, user, status="active")
    _print(user, account, said=f"{user['email']} is active.", as_json=as_json)


@by_server(user_changes.roles)
def _roles(
    server: Server,
    *,
    login: str,
    give: tuple[str, ...],
    take: tuple[str, ...],
    as_json: bool,
) -> None:
    user_changes.refuse_roles(give, take)
    user = user_at(server, login)
    held = set(server.get(_path(user))["roles"])
    account = _change(server, user, roles=sorted((held | {*give}) - {*take}))
    held_now = ", ".join(account["roles"]) or "no role"
    said = f"{user['email']} has {held_now}."
    _print(user, account, said=said, as_json=as_json)


@by_server(user_changes.reset)
def _reset(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    server.send("POST", f"{_path(user)}/password-reset")
    said = f"A link to a new password is on its way to {user['email']}."
    _print(user, server.get(_path(user)), said=said, as_json=as_json)


@by_server(user_changes.delete)
def _delete(server: Server, *, login: str, yes: bool, as_json: bool) -> None:
    user = user_at(server, login)
    if not yes:
        click.confirm(f"Delete {user['email']}?", abort=True, err=True)
    server.send("DELETE", f"/api/users/{segment(user['id'])}", body={})
    account = server.get(_path(user))
    erase_at = seconds_of(account["erase_at"])
    said = f"{user['email']} is out of use and will be erased at {erase_at}."
    _print(user, account, said=said, as_json=as_json, erase_at=erase_at)


def _change(server: Server, user: User, **values: object) -> dict[str, Any]:
    """Change an account, and return it."""
    changed: dict[str, Any] = server.send("PATCH", _path(user), body=values)
    return changed


def _path(user: User) -> str:
    """Return where the account of a user is."""
    return f"/api/accounts/{segment(user['id'])}"


def _print(
    user: User, account: dict[str, Any], *, said: str, as_json: bool, **more: Any
) -> None:
    """Print a user as the list has them, or what was done in a sentence."""
    listed = ListedUser(
        user["id"],
        user["email"],
        user["email_verified"],
        user["username"],
        account["status"],
        account["roles"],
    )
    click.echo(json.dumps({**asdict(listed), **more}, indent=2) if as_json else said)
