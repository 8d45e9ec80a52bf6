"""``idp deliveries --server``."""

import json
from typing import Any

import click

from idp.cli import deliveries
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.deliveries import REFUSED_STATUS, ListedDelivery
from idp.cli.listing import print_list

PATH = "/api/admin/deliveries"


@by_server(deliveries.list_all)
def _list_all(
    server: Server,
    *,
    client_id: str | None,
    state: str | None,
    limit: int,
    as_json: bool,
) -> None:
    found = server.items(PATH, limit=limit, client_id=client_id, state=state)
    print_list([_line(item) for item in found], as_json=as_json)


@by_server(deliveries.test_client)
def _test_client(server: Server, *, client_id: str, as_json: bool) -> None:
    path = f"/api/admin/clients/{segment(client_id)}/deliveries/test"
    done = server.send("POST", path)
    shown = {
        "accepted": done["accepted"],
        "error": done["error"],
        "uri": done["backchannel_logout_uri"],
        "message": done["message"],
    }
    said = f"{shown['uri']}: {shown['message']}"
    click.echo(json.dumps(shown, indent=2) if as_json else said)
    if not done["accepted"]:
        click.get_current_context().exit(REFUSED_STATUS)


@by_server(deliveries.replay)
def _replay(server: Server, *, delivery_id: str) -> None:
    server.send("POST", f"{PATH}/{segment(delivery_id)}/replay")
    click.echo(json.dumps({"id": delivery_id, "state": "waiting"}, indent=2))


def _line(item: dict[str, Any]) -> ListedDelivery:
    """Return a notice as it is listed."""
    return ListedDelivery(
        id=item["id"],
        client_id=item["client_id"],
        user_id=item["user_id"],
        sid=item["sid"],
        state=item["state"],
        tries=item["tries"],
        created_at=seconds_of(item["created_at"]),
        next_try_at=seconds_of(item["next_try_at"]),
        error=item["error"],
    )
