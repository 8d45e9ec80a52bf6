"""``idp clients update|rotate-secret|disable|enable|delete --server``."""

import json
from typing import Any

import click

from idp.cli import client_changes
from idp.cli.by_server.client_answers import api_members, path_of, print_client_at
from idp.cli.by_server.connection import Server, by_server
from idp.cli.by_server.times import seconds_of


@by_server(client_changes.update)
def _update(
    server: Server,
    *,
    client_id: str,
    apis: tuple[str, ...],
    no_apis: bool,
    first_party: bool | None,
    require_pkce: bool | None,
    **members: Any,
) -> None:
    body = client_changes.changed_members(**members)
    flags = {"first_party": first_party, "require_pkce": require_pkce}
    body |= {name: value for name, value in flags.items() if value is not None}
    if apis or no_apis:
        body["apis"] = api_members(apis)
    _change(server, client_id, body=body)


@by_server(client_changes.rotate)
def _rotate(server: Server, *, client_id: str, overlap_seconds: int) -> None:
    body = {"overlap_seconds": overlap_seconds}
    made = server.send("POST", f"{path_of(client_id)}/secrets", body=body)
    shown = {
        "client_id": client_id,
        "client_secret": made["client_secret"],
        "others_expire_at": seconds_of(made["others_expire_at"]),
    }
    click.echo(json.dumps(shown, indent=2))


@by_server(client_changes.disable)
def _disable(server: Server, *, client_id: str) -> None:
    _change(server, client_id, body={"disabled": True})


@by_server(client_changes.enable)
def _enable(server: Server, *, client_id: str) -> None:
    _change(server, client_id, body={"disabled": False})


@by_server(client_changes.delete)
def _delete(server: Server, *, client_id: str, yes: bool) -> None:
    name = server.get(path_of(client_id))["client_name"]
    if not yes:
        click.confirm(f"Delete {name} for good?", abort=True, err=True)
    server.send("DELETE", path_of(client_id))
    click.echo(json.dumps({"client_id": client_id, "deleted": True}, indent=2))


def _change(server: Server, client_id: str, *, body: dict[str, Any]) -> None:
    """Change a client, and print what is registered now."""
    server.send("PATCH", path_of(client_id), body=body)
    print_client_at(server, client_id)
