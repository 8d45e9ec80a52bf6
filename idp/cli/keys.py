"""``idp keys``."""

import json

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.oauth.keys.rotation import rotate as make_successors
from idp.ops.listings import list_keys


@click.group()
def command() -> None:
    """Inspect and rotate the signing keys."""


@command.command("list")
@json_option
@with_application(Permission.KEYS_READ)
def list_all(*, as_json: bool) -> None:
    """List the published keys: id, algorithm, state, signs from, retires at."""
    print_list(list_keys(), as_json=as_json)


@command.command()
@click.option(
    "--now", is_flag=True, help="Sign with the new keys within half a minute."
)
@json_option
@with_application(Permission.KEYS_ROTATE)
def rotate(*, now: bool, as_json: bool) -> None:
    """Make the next key of each algorithm.

    It is published at once and signs after 24 hours (IDP_KEY_PUBLISH_SECONDS), when
    every app has fetched it. --now is for emergencies, a key that may have leaked: the
    new one signs as soon as every node shows it. The old one stays published until
    nothing that it signed is valid any more.
    """
    made = make_successors(now=now)
    db.session.commit()
    if as_json:
        click.echo(json.dumps({"kids": made}, indent=2))
        return
    for kid in made:
        click.echo(kid)
