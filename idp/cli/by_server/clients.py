"""``idp clients create|list|show --server``."""

import json
from datetime import datetime
from typing import Any

import click

from idp.cli import clients
from idp.cli.by_server.client_answers import (
    PATH,
    api_members,
    members_of,
    print_client_at,
)
from idp.cli.by_server.connection import Server, by_server
from idp.cli.client_json import warn
from idp.cli.clients import ListedClient
from idp.cli.listing import print_list
from idp.core.clock import unix


@by_server(clients.create)
def _create(
    server: Server,
    *,
    name: str,
    client_id: str | None,
    apis: tuple[str, ...],
    first_party: bool,
    require_pkce: bool,
    **options: Any,
) -> None:
    body = {
        **clients.new_members(name, **options),
        **({"client_id": client_id} if client_id else {}),
        "first_party": first_party,
        "require_pkce": require_pkce,
        "apis": api_members(apis),
    }
    _print_registered(server.send("POST", PATH, body=body))


@by_server(clients.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    found = server.items(PATH)
    listed = [
        ListedClient(
            client["client_id"],
            client["client_name"],
            client["token_endpoint_auth_method"],
            client["disabled"],
        )
        for client in sorted(found, key=lambda each: str(each["client_name"]))
    ]
    print_list(listed, as_json=as_json)


@by_server(clients.show)
def _show(server: Server, *, client_id: str) -> None:
    print_client_at(server, client_id)


def _print_registered(made: dict[str, Any]) -> None:
    """Print a new client as a registration response (RFC 7591 §3.2.1)."""
    issued_at = datetime.fromisoformat(made["created_at"])
    secret = made["client_secret"]
    shown = {"client_id": made["client_id"], "client_id_issued_at": unix(issued_at)}
    if secret is not None:
        shown |= {"client_secret": secret, "client_secret_expires_at": 0}
    click.echo(json.dumps({**shown, **members_of(made)}, indent=2))
    warn(made["warnings"])
