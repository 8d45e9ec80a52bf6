"""``idp api-keys``."""

import json
from dataclasses import dataclass
from datetime import timedelta

import click

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.administration.api_keys import (
    LONGEST,
    USUAL,
    WantedKey,
    all_api_keys,
    create_api_key,
    revoke_api_key,
)
from idp.administration.models import ApiKey
from idp.cli.application import with_application
from idp.cli.listing import json_option, print_list
from idp.core.clock import utcnow
from idp.core.db import db


@dataclass(frozen=True)
class ListedApiKey:
    """One line about an API key."""

    id: str
    name: str
    prefix: str
    state: str
    expires_at: str
    last_used_at: str | None
    created_by: str
    permissions: list[str]


@click.group()
def command() -> None:
    """Make, list and revoke API keys, which programs administer with."""


@command.command()
@click.argument("name")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    required=True,
    type=click.Choice([each.value for each in Permission]),
    help="What it may do; can be repeated.",
)
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST.days),
    default=USUAL.days,
    show_default=True,
    help="How long it is good for.",
)
@click.option(
    "--dangerous", is_flag=True, help="Also permissions that are for owners alone."
)
@json_option
@with_application(Permission.API_KEYS)
def create(
    *,
    name: str,
    permissions: tuple[str, ...],
    days: int,
    dangerous: bool,
    as_json: bool,
) -> None:
    """Make an API key called NAME and print it, once."""
    until = utcnow() + timedelta(days=days)
    wanted = WantedKey(name, permissions, expires_at=until, dangerous=dangerous)
    made = create_api_key(wanted, held=OPERATOR)
    db.session.commit()
    if as_json:
        shown = {**_line(made.row).__dict__, "key": made.text}
        click.echo(json.dumps(shown, indent=2))
        return
    click.echo(made.text)
    click.echo(
        f"It works until {made.row.expires_at:%Y-%m-%d %H:%M} UTC ({made.row.id}).",
        err=True,
    )


@command.command("list")
@json_option
@with_application(Permission.API_KEYS)
def list_all(*, as_json: bool) -> None:
    """List the API keys: id, name, how they begin, state, until when, last use."""
    print_list([_line(row) for row in all_api_keys()], as_json=as_json)


@command.command()
@click.argument("key_id")
@json_option
@with_application(Permission.API_KEYS)
def revoke(*, key_id: str, as_json: bool) -> None:
    """End the API key with the id KEY_ID for good, at once."""
    revoke_api_key(key_id)
    db.session.commit()
    shown = {"id": key_id, "revoked": True}
    click.echo(json.dumps(shown, indent=2) if as_json else f"Revoked {key_id}.")


def _line(row: ApiKey) -> ListedApiKey:
    """Return a key as it is listed."""
    ended = "expired" if row.expires_at <= utcnow() else "live"
    used = row.last_used_at
    return ListedApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        state="revoked" if row.revoked_at else ended,
        expires_at=row.expires_at.isoformat(timespec="seconds"),
        last_used_at=used.isoformat(timespec="seconds") if used else None,
        created_by=row.created_by or "operator",
        permissions=row.permissions,
    )
