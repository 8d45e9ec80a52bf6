"""``idp secrets``: the secret of the server replaced by another, or lost."""

import json
from collections import Counter
from collections.abc import Iterator

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import (
    OPERATOR_CALLER,
    open_application,
    with_application,
)
from idp.cli.client_json import moment
from idp.cli.listing import json_option
from idp.core.context import this_unit
from idp.core.db import db
from idp.ops.refusals import Refusal
from idp.ops.secrets.recovery import LostValues, find_lost
from idp.ops.secrets.recovery import recover as give_up
from idp.ops.secrets.reseal import Resealed
from idp.ops.secrets.reseal import reseal as seal_again


@click.group()
def command() -> None:
    """Replace the server's secret, or go on without one that is lost."""


@command.command()
@json_option
@with_application(Permission.KEYS_ROTATE, here_alone=True)
def reseal(*, as_json: bool) -> None:
    """Seal again, under the first secret of IDP_SECRET_KEY, what is under another.

    First start all servers with both, the old one first (old,new), then all with the
    new one first (new,old): then run this. It works beside them, and goes on where it
    was interrupted. It says when the old secret may go; until it has, no server starts
    without it.
    """
    done = seal_again()
    if as_json:
        told = {
            "done": +done.done,
            "unreadable": +done.unreadable,
            "left": done.left,
            "complete_since": moment(done.complete_since),
            "noticed_until": moment(done.noticed_until),
        }
        click.echo(json.dumps(told, indent=2))
    else:
        _tell(done)
    if done.left:
        click.get_current_context().exit(1)


@command.command()
@click.option("--yes", is_flag=True, help="Give up what is listed.")
def recover(*, yes: bool) -> None:
    """Go on with the secret of IDP_SECRET_KEY when that of the database is lost.

    Stop all servers and copy the database first: should the secret be found, the copy
    opens with it. Without --yes this lists what is lost. New signing keys are made;
    passwords, passkeys, sessions and secrets of clients stay good; apps with refresh
    tokens sign their users in again. Who has an authenticator app is still asked for a
    second factor, and needs another one or "idp users factors reset".
    """
    with open_application(any_secret=True).app_context():
        this_unit().caller = OPERATOR_CALLER
        lost = find_lost()
        _tell_lost(lost)
        if not yes:
            db.session.close()
            raise Refusal("Nothing was changed. Give all that up with --yes.")
        give_up(lost)
        db.session.commit()
        db.engine.dispose()
    click.echo("The server starts with this secret now. What is to be done:")
    for todo in _left_to_do(lost):
        click.echo(f"  {todo}")


def _tell_lost(lost: LostValues) -> None:
    """Print what does not open."""
    click.echo("Lost with the secret:")
    for line in _lines_of(Counter(lost.counts)):
        click.echo(f"  {line}")
    click.echo("  all refresh tokens, and the links and codes in mails of before")


def _left_to_do(lost: LostValues) -> Iterator[str]:
    """Yield the commands that set anew what is lost."""
    for provider in lost.providers:
        yield f"idp providers update {provider} --client-secret-file FILE"
    for email in lost.people:
        yield f"idp users factors reset {email}  (unless there is another factor)"
    yield "idp keys list"


def _tell(done: Resealed) -> None:
    """Print what was sealed again, and whether the old secret may go."""
    for line in _lines_of(done.done):
        click.echo(f"Sealed again: {line}.")
    for line in _lines_of(done.unreadable):
        click.echo(f"Opened by none of the secrets, and left: {line}.", err=True)
    if done.left:
        click.echo(
            f"{done.left} were sealed under the old secret meanwhile: start all "
            "servers with the new one first, and run this again.",
            err=True,
        )
        return
    click.echo(
        "Nothing in the database needs another secret than the first: "
        "the old one may go."
    )
    click.echo(
        f"Before {moment(done.noticed_until)} apps would notice: refresh tokens, links "
        "in mails and cookies that the old one signed end with it, and people sign in "
        "again."
    )


def _lines_of(counted: Counter[str]) -> list[str]:
    """Return how many of what, of all there is any of."""
    return [f"{count} {name}" for name, count in counted.items() if count]
