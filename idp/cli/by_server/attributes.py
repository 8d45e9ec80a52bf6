"""``idp attributes --server``."""

from typing import Any

from idp.cli import attributes
from idp.cli.attributes import (
    confirm_deletion,
    members_in,
    print_attribute,
    print_deleted,
    print_lines,
)
from idp.cli.by_server.connection import Server, by_server, segment

PATH = "/api/admin/attributes"


@by_server(attributes.create)
def _create(server: Server, *, key: str, kind: str, **options: Any) -> None:
    body = {"key": key, "type": kind, **members_in(**options)}
    server.send("POST", PATH, body=body)
    _print(server, key)


@by_server(attributes.list_all)
def _list_all(server: Server, *, query: str, limit: int, as_json: bool) -> None:
    print_lines(server.items(PATH, limit=limit, query=query), as_json=as_json)


@by_server(attributes.show)
def _show(server: Server, *, key: str) -> None:
    _print(server, key)


@by_server(attributes.update)
def _update(server: Server, *, key: str, **options: Any) -> None:
    server.send("PATCH", _path(key), body=members_in(**options))
    _print(server, key)


@by_server(attributes.delete)
def _delete(server: Server, *, key: str, yes: bool) -> None:
    holders = server.get(_path(key))["holders"]
    if not yes:
        confirm_deletion(key, holders=holders)
    server.send("DELETE", _path(key))
    print_deleted(key, values=holders)


def _print(server: Server, key: str) -> None:
    """Print an attribute as the machine does."""
    print_attribute(server.get(_path(key)))


def _path(key: str) -> str:
    """Return where an attribute is."""
    return f"{PATH}/{segment(key)}"
