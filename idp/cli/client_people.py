"""The options that say who may use a client, and which roles it gives."""

from typing import Any

import click

from idp.oauth.clients.access.members import ACCESS, APP_ROLES, EVERYONE

KINDS = {"role": "roles", "group": "groups", "user": "users"}
ROLE_KINDS = {kind: member for kind, member in KINDS.items() if kind != "role"}


def people(command: Any) -> Any:
    """Add the options."""
    for option in (
        click.option(
            "--app-role",
            "app_role_lines",
            multiple=True,
            metavar="NAME[=HOLDER,...]",
            help="A role that its tokens tell, and who has it: group:NAME or "
            "user:ADDRESS; those given replace all present ones.",
        ),
        click.option(
            "--allow",
            "allowed",
            multiple=True,
            metavar="KIND:NAME",
            help="Who may use it: role:NAME, group:NAME or user:ADDRESS; those given "
            "replace all present ones.",
        ),
        click.option("--allow-everyone", is_flag=True, help="All may use it."),
    ):
        command = option(command)
    return command


def people_in(
    *, allowed: tuple[str, ...], allow_everyone: bool, app_role_lines: tuple[str, ...]
) -> dict[str, Any]:
    """Return the members that the options say."""
    members: dict[str, Any] = {}
    if allow_everyone:
        members[ACCESS] = EVERYONE
    elif allowed:
        members[ACCESS] = _by_kind(allowed, KINDS, option="--allow")
    if app_role_lines:
        members[APP_ROLES] = [_role_of(line) for line in app_role_lines]
    return members


def _role_of(line: str) -> dict[str, Any]:
    """Read NAME or NAME=HOLDER,..."""
    name, _, holders = line.partition("=")
    named = tuple(filter(None, holders.split(",")))
    return {"name": name} | _by_kind(named, ROLE_KINDS, option="--app-role")


def _by_kind(
    named: tuple[str, ...], kinds: dict[str, str], *, option: str
) -> dict[str, list[str]]:
    """Return names by the member of their kind."""
    found: dict[str, list[str]] = {member: [] for member in kinds.values()}
    for one in named:
        kind, _, name = one.partition(":")
        if kind not in kinds or not name:
            hint = f"{one!r} begins with none of {', '.join(f'{k}:' for k in kinds)}"
            raise click.BadParameter(hint, param_hint=option)
        found[kinds[kind]].append(name)
    return found
