"""``idp groups --server``."""

import json
from typing import Any

import click

from idp.accounts.groups.names import group_key
from idp.accounts.groups.registry import UnknownGroup
from idp.cli import groups
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.groups import MOST, GroupLine
from idp.cli.listing import print_list

PATH = "/api/admin/groups"
Group = dict[str, Any]


@by_server(groups.create)
def _create(server: Server, *, name: str, description: str) -> None:
    body = {"name": name, "description": description}
    _print_group(server, server.send("POST", PATH, body=body))


@by_server(groups.list_all)
def _list_all(server: Server, *, query: str, limit: int, as_json: bool) -> None:
    listed = [
        GroupLine(row["id"], row["name"], row["description"], row["member_count"])
        for row in server.items(PATH, limit=limit, query=query)
    ]
    print_list(listed, as_json=as_json)


@by_server(groups.show)
def _show(server: Server, *, name: str, limit: int) -> None:
    _print_group(server, _group(server, name), members=limit)


@by_server(groups.update)
def _update(
    server: Server, *, name: str, new_name: str | None, description: str | None
) -> None:
    group = _group(server, name)
    given = {"name": new_name, "description": description}
    body = {field: value for field, value in given.items() if value is not None}
    _print_group(server, server.send("PATCH", _path(group), body=body))


@by_server(groups.delete)
def _delete(server: Server, *, name: str, yes: bool) -> None:
    group = _group(server, name)
    if not yes:
        click.confirm(f"Delete {group['name']} for good?", abort=True, err=True)
    server.send("DELETE", _path(group))
    shown = {"id": group["id"], "name": group["name"], "deleted": True}
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


@by_server(groups.add)
def _add(server: Server, *, name: str, logins: tuple[str, ...]) -> None:
    _change_members(server, "PUT", name=name, logins=logins)


@by_server(groups.remove)
def _remove(server: Server, *, name: str, logins: tuple[str, ...]) -> None:
    _change_members(server, "DELETE", name=name, logins=logins)


def _change_members(
    server: Server, method: str, *, name: str, logins: tuple[str, ...]
) -> None:
    """Put users into a group or take them out, and print it."""
    group = _group(server, name)
    for user in [user_at(server, login) for login in logins]:
        server.send(method, f"{_path(group)}/members/{segment(user['id'])}")
    _print_group(server, server.get(_path(group)))


def _group(server: Server, name: str) -> Group:
    """Return the group of a name; raises UnknownGroup."""
    for group in server.items(PATH, query=name):
        if group_key(group["name"]) == group_key(name):
            found: Group = group
            return found
    raise UnknownGroup


def _print_group(server: Server, group: Group, *, members: int = MOST) -> None:
    """Print a group with its members."""
    found = server.items(f"{_path(group)}/members", limit=members)
    shown = {name: group[name] for name in ("id", "name", "description")}
    shown["member_count"] = group["member_count"]
    shown["members"] = [{"id": each["id"], "email": each["email"]} for each in found]
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _path(group: Group) -> str:
    """Return where a group is."""
    return f"{PATH}/{segment(group['id'])}"
