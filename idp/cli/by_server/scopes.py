"""``idp scopes --server``."""

from typing import Any

from idp.cli import scopes
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.listing import print_list
from idp.cli.scopes import (
    ScopeLine,
    confirm_deletion,
    members_in,
    print_deleted,
    print_scope,
)

PATH = "/api/admin/scopes"


@by_server(scopes.create)
def _create(server: Server, *, name: str, **options: Any) -> None:
    server.send("POST", PATH, body={"name": name, **members_in(**options)})
    _print(server, name)


@by_server(scopes.list_all)
def _list_all(server: Server, *, query: str, limit: int, as_json: bool) -> None:
    found = server.items(PATH, limit=limit, query=query)
    lines = [ScopeLine(row["name"], row["claims"]) for row in found]
    print_list(lines, as_json=as_json)


@by_server(scopes.show)
def _show(server: Server, *, name: str) -> None:
    _print(server, name)


@by_server(scopes.update)
def _update(server: Server, *, name: str, **options: Any) -> None:
    server.send("PATCH", _path(name), body=members_in(**options))
    _print(server, name)


@by_server(scopes.delete)
def _delete(server: Server, *, name: str, yes: bool) -> None:
    found = server.get(_path(name))["clients"]
    if not yes:
        confirm_deletion(name, clients=[client["client_name"] for client in found])
    server.send("DELETE", _path(name))
    print_deleted(name)


def _print(server: Server, name: str) -> None:
    """Print a scope as the machine does."""
    print_scope(server.get(_path(name)))


def _path(name: str) -> str:
    """Return where a scope is."""
    return f"{PATH}/{segment(name)}"
