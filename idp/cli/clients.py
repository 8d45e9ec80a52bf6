"""``idp clients``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields

import click

from idp.cli.application import with_application
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.oauth.client_view import ClientView
from idp.oauth.registry import find_client, list_clients, register_client

CONFIDENTIAL = "client_secret_basic"


@dataclass(frozen=True)
class ListedClient:
    """One line about a client."""

    client_id: str
    client_name: str
    token_endpoint_auth_method: str
    disabled: bool


@click.group()
def command() -> None:
    """Register and inspect OAuth clients."""


@command.command()
@click.argument("name")
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    required=True,
    help="Where people are sent back to; may be given several times.",
)
@click.option(
    "--post-logout-redirect-uri",
    "post_logout_redirect_uris",
    multiple=True,
    help="Where people may be sent after signing out.",
)
@click.option("--scope", help="Scopes it may ask for, separated by spaces.")
@click.option("--public", is_flag=True, help="A browser or native app: no secret.")
@click.option("--native", is_flag=True, help="A native app (RFC 8252).")
@click.option("--first-party", is_flag=True, help="One of ours: no consent page.")
@with_application
def create(
    *,
    name: str,
    redirect_uris: tuple[str, ...],
    post_logout_redirect_uris: tuple[str, ...],
    scope: str | None,
    public: bool,
    native: bool,
    first_party: bool,
) -> None:
    """Register NAME; print its credentials once, as RFC 7591 §3.2.1 JSON."""
    metadata: dict[str, object] = {
        "client_name": name,
        "redirect_uris": list(redirect_uris),
        "grant_types": ["authorization_code", "refresh_token"],
        "application_type": "native" if native else "web",
        "token_endpoint_auth_method": "none" if public or native else CONFIDENTIAL,
    }
    if post_logout_redirect_uris:
        metadata["post_logout_redirect_uris"] = list(post_logout_redirect_uris)
    if scope:
        metadata["scope"] = scope
    registered = register_client(metadata, first_party=first_party)
    db.session.commit()
    click.echo(json.dumps(registered.as_response(), indent=2))


@command.command("list")
@json_option
@with_application
def list_all(*, as_json: bool) -> None:
    """List the clients: id, name, how it authenticates, whether it is disabled."""
    listed = [
        ListedClient(
            client.client_id,
            client.client_name,
            client.token_endpoint_auth_method,
            client.disabled,
        )
        for client in list_clients()
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("client_id")
@with_application
def show(*, client_id: str) -> None:
    """Print the metadata of CLIENT_ID as JSON; secrets are not kept."""
    client = find_client(client_id)
    if client is None:
        raise click.ClickException(f"There is no client {client_id}.")
    click.echo(json.dumps(dict(members(client)), indent=2))


def members(client: ClientView) -> Iterator[tuple[str, object]]:
    """Yield what is registered for a client, under the names of RFC 7591 §2."""
    for item in fields(client):
        value = getattr(client, item.name)
        if item.name == "scope":
            yield item.name, " ".join(sorted(value))
        elif isinstance(value, frozenset):
            yield item.name, sorted(value)
        elif value is not None and item.name != "secret_digests":
            yield item.name, value
