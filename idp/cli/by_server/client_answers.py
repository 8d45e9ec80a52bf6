"""One client at a running server, as commands print it."""

import json
from collections.abc import Iterable
from typing import Any

import click

from idp.cli.by_server.connection import Server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.client_json import warn
from idp.oauth.clients.metadata.members import MEMBERS

PATH = "/api/admin/clients"
FLAGS = ("first_party", "require_pkce")
REST = ("access", "app_roles", "apis", "disabled")


def path_of(client_id: str) -> str:
    """Return where a client is."""
    return f"{PATH}/{segment(client_id)}"


def print_client_at(server: Server, client_id: str) -> None:
    """Print what is registered; of secrets, when they were made and when they end."""
    client = server.get(path_of(client_id))
    secrets = [
        {name: seconds_of(held[name]) for name in ("created_at", "expires_at")}
        for held in server.get(f"{path_of(client_id)}/secrets")
    ]
    shown = {
        "client_id": client["client_id"],
        **members_of(client),
        **{name: client[name] for name in (*FLAGS, *REST)},
        "apis": [_declared(api) for api in client["apis"]],
        "client_secrets": secrets,
    }
    click.echo(json.dumps(shown, indent=2))
    warn(client["warnings"])


def members_of(client: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata of a client in the order of commands; null is none."""
    told = ((member.name, client.get(member.name)) for member in MEMBERS)
    return {name: value for name, value in told if value is not None}


def api_members(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return APIs as a request names them; a line has an identifier and its scopes."""
    return [
        {"identifier": identifier, "scopes": scopes or None}
        for identifier, *scopes in filter(None, map(str.split, lines))
    ]


def _declared(api: dict[str, Any]) -> str | dict[str, Any]:
    """Return an API as it is declared: its identifier, for all of it."""
    return api if api["scopes"] else str(api["identifier"])
