"""``idp keys``."""

import json
from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.oauth.keys.listing import ListedKey, list_keys
from idp.oauth.keys.revocation import revoke as revoke_key
from idp.oauth.keys.rotation import rotate as make_successors


@dataclass(frozen=True)
class ListedSigningKey:
    """One line about a signing key."""

    kid: str
    algorithm: str
    state: str
    signs_from: str | None
    signs_until: str | None
    retires_at: str | None


@click.group()
def command() -> None:
    """Inspect, rotate and revoke the signing keys."""


@command.command("list")
@json_option
@with_application(Permission.KEYS_READ)
def list_all(*, as_json: bool) -> None:
    """List the keys: id, algorithm, state, signs from, until, published until.

    Of an algorithm's keys one is signing; a next key waits for its time; a published
    one signs no more, and what it signed is good; a retired one is published no more; a
    revoked one proves nothing.
    """
    print_list(list(map(_line, list_keys())), as_json=as_json)


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


# A key id may begin with a hyphen, and hold an h.
@command.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]}
)
@click.argument("kid")
@json_option
@with_application(Permission.KEYS_REVOKE)
def revoke(*, kid: str, as_json: bool) -> None:
    """Take the key KID out of use, for one that others may have.

    It is published no more, and what it signed is refused: access tokens, and ID tokens
    that are shown again, on every node within a second. If it signs, the next key takes
    its place at once, a new one if none waits. Apps that ask for no key they do not
    know refuse sign-ins until they fetch the keys again, up to five minutes; where that
    can wait, "idp keys rotate --now" first.
    """
    successor = revoke_key(kid)
    db.session.commit()
    tell_revoked(kid, successor, as_json=as_json)


def tell_revoked(kid: str, successor: str | None, *, as_json: bool) -> None:
    """Print what has become of a key, and which one signs in its place."""
    if as_json:
        told = {"kid": kid, "revoked": True, "successor": successor}
        click.echo(json.dumps(told, indent=2))
        return
    click.echo(f"Revoked {kid}.")
    if successor:
        click.echo(f"{successor} signs now.")


def _line(key: ListedKey) -> ListedSigningKey:
    """Return the line about a key."""
    return ListedSigningKey(
        key.kid,
        key.algorithm,
        key.state,
        moment(key.signs_from),
        moment(key.signs_until),
        moment(key.retires_at),
    )
