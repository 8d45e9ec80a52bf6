"""``idp keys --server``."""

import json
from typing import Any

import click

from idp.cli import keys
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.keys import ListedSigningKey
from idp.cli.listing import print_list

PATH = "/api/admin/keys"


@by_server(keys.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    listed = [_line(key) for key in server.get(PATH)["items"]]
    print_list(listed, as_json=as_json)


@by_server(keys.rotate)
def _rotate(server: Server, *, now: bool, as_json: bool) -> None:
    made = server.send("POST", f"{PATH}/rotate", body={"now": now})["kids"]
    if as_json:
        click.echo(json.dumps({"kids": made}, indent=2))
        return
    for kid in made:
        click.echo(kid)


@by_server(keys.revoke)
def _revoke(server: Server, *, kid: str, as_json: bool) -> None:
    answer = server.send("POST", f"{PATH}/{segment(kid)}/revoke")
    keys.tell_revoked(kid, answer["successor"], as_json=as_json)


def _line(key: dict[str, Any]) -> ListedSigningKey:
    """Return the line about a key."""
    return ListedSigningKey(
        key["kid"],
        key["algorithm"],
        key["state"],
        seconds_of(key["signs_from"]),
        seconds_of(key["signs_until"]),
        seconds_of(key["retires_at"]),
    )
