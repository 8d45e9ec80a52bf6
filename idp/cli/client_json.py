"""One client as JSON, for programs and people alike."""

import json
from collections.abc import Iterable
from datetime import datetime

import click

from idp.core.db import db
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.edits.described import describe_client
from idp.oauth.clients.metadata.warnings import warnings_of
from idp.oauth.clients.secrets import list_secrets

always_json = click.option(
    "--json", is_flag=True, expose_value=False, help="JSON is what it prints anyway."
)


def print_client(client_id: str) -> None:
    """Print what is registered; of secrets, when they were made and when they end.

    Raises UnknownClient.
    """
    client = get_client(client_id)
    db.session.refresh(client)
    secrets = [
        {"created_at": moment(held.created_at), "expires_at": moment(held.expires_at)}
        for held in list_secrets(client_id)
    ]
    shown = {
        **describe_client(client),
        "client_secrets": secrets,
    }
    click.echo(json.dumps(shown, indent=2))
    warn(warnings_of(client.registered))


def warn(warnings: Iterable[str]) -> None:
    """Say what an operator should know, beside what programs read."""
    for text in warnings:
        click.echo(f"Warning: {text}", err=True)


def moment(value: datetime | None) -> str | None:
    """Return a time as RFC 3339 text."""
    return value.isoformat(timespec="seconds") if value else None
