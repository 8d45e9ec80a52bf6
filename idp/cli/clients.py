"""``idp clients``."""

import json
from dataclasses import dataclass
from typing import Any, TextIO

import click

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.cli import client_changes
from idp.cli.application import with_application
from idp.cli.client_json import always_json, print_client, warn
from idp.cli.client_lifetimes import lifetimes
from idp.cli.client_people import people, people_in
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.oauth.apis.permissions import read_lines
from idp.oauth.clients.changes import refuse_unknown_members
from idp.oauth.clients.metadata.warnings import warnings_of
from idp.oauth.clients.registry import list_clients, register_client
from idp.oauth.clients.view import DEVICE_CODE

CONFIDENTIAL = "client_secret_basic"
REFRESH = "refresh_token"


@dataclass(frozen=True)
class ListedClient:
    """One line about a client."""

    client_id: str
    client_name: str
    token_endpoint_auth_method: str
    disabled: bool


@click.group()
def command() -> None:
    """Register, inspect and change OAuth clients."""


@command.command()
@click.argument("name")
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    help="Where people are sent back to; may be given several times.",
)
@click.option(
    "--post-logout-redirect-uri",
    "post_logout_redirect_uris",
    multiple=True,
    help="Where people may be sent after signing out.",
)
@click.option("--scope", help="Scopes it may ask for, separated by spaces.")
@click.option(
    "--api",
    "apis",
    multiple=True,
    help="An API it may ask for, or 'IDENTIFIER SCOPE...'; can be repeated.",
)
@click.option("--public", is_flag=True, help="A browser or native app: no secret.")
@click.option("--native", is_flag=True, help="A native app (RFC 8252).")
@click.option("--device", is_flag=True, help="A device without a browser: no secret.")
@click.option("--machine", is_flag=True, help="A program that acts for itself.")
@click.option("--client-id", help="An id of your choice; else one is made.")
@people
@lifetimes
@click.option(
    "--metadata",
    type=click.File(encoding="utf-8-sig"),
    help="Other members: a JSON object.",
)
@click.option(
    "--first-party",
    is_flag=True,
    help="One of ours: no consent page, and scope account in full.",
)
@click.option("--require-pkce/--no-require-pkce", default=True, help="Refuse without.")
@always_json
@with_application(Permission.CLIENTS_WRITE)
def create(
    *,
    name: str,
    apis: tuple[str, ...],
    client_id: str | None,
    first_party: bool,
    require_pkce: bool,
    **options: Any,
) -> None:
    """Register NAME; print its credentials once, as RFC 7591 §3.2.1 JSON.

    What --metadata has counts more than the other options.
    """
    registered = register_client(
        new_members(name, **options),
        held=OPERATOR,
        client_id=client_id,
        first_party=first_party,
        require_pkce=require_pkce,
        apis=read_lines(apis),
    )
    db.session.commit()
    click.echo(json.dumps(registered.as_response(), indent=2))
    warn(warnings_of(registered.metadata))


@command.command("list")
@json_option
@with_application(Permission.CLIENTS_READ)
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
@always_json
@with_application(Permission.CLIENTS_READ)
def show(*, client_id: str) -> None:
    """Print the metadata of CLIENT_ID as JSON; secrets are not kept."""
    print_client(client_id)


for change in client_changes.COMMANDS:
    command.add_command(change)


def new_members(
    name: str,
    *,
    metadata: TextIO | None,
    allowed: tuple[str, ...],
    allow_everyone: bool,
    app_role_lines: tuple[str, ...],
    **options: Any,
) -> dict[str, Any]:
    """Return all that is said of a new client; raises InvalidClientMetadata."""
    members = {"client_name": name} | _members_in(**options)
    members |= people_in(
        allowed=allowed, allow_everyone=allow_everyone, app_role_lines=app_role_lines
    )
    others = client_changes.read_members(metadata)
    refuse_unknown_members(others)
    return members | others


def _members_in(
    *,
    redirect_uris: tuple[str, ...],
    post_logout_redirect_uris: tuple[str, ...],
    scope: str | None,
    public: bool,
    native: bool,
    device: bool,
    machine: bool,
    **seconds: int | None,
) -> dict[str, object]:
    """Return the metadata that the options say."""
    public = public or native or device
    return {
        "redirect_uris": list(redirect_uris),
        "post_logout_redirect_uris": list(post_logout_redirect_uris),
        "scope": scope,
        "grant_types": _grants_of(device=device, machine=machine),
        "application_type": "native" if native or device else "web",
        "token_endpoint_auth_method": "none" if public else CONFIDENTIAL,
        **seconds,
    }


def _grants_of(*, device: bool, machine: bool) -> list[str]:
    """Return the grant types of a kind of client; most have a browser and people."""
    if machine:
        return ["client_credentials"]
    return [DEVICE_CODE if device else "authorization_code", REFRESH]
