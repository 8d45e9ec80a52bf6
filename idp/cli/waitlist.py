"""``idp waitlist``."""

from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.accounts.registration.waitlist.letting_in import (
    MOST_AT_ONCE,
    let_in,
    let_in_next,
    list_places,
    remove_place,
)
from idp.accounts.registration.waitlist.places import PlaceState
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.security.audit import OPERATOR

MOST = 1000


@dataclass(frozen=True)
class PlaceLine:
    """One line about a place."""

    id: str
    email: str
    state: str
    asked_at: str | None
    note: str | None
    client_id: str | None


@dataclass(frozen=True)
class DecidedPlace:
    """One line about somebody who was decided about."""

    id: str
    decision: str = "admitted"


@click.group()
def command() -> None:
    """See who waits for an account, and let people in."""


@command.command("list")
@click.option(
    "--state",
    type=click.Choice([each.value for each in PlaceState]),
    default=PlaceState.WAITING.value,
    show_default=True,
)
@click.option("--query", default="", help="How an address begins, or part of a note.")
@limit_option(MOST)
@json_option
@with_application(Permission.WAITLIST)
def list_all(*, state: str, query: str, limit: int, as_json: bool) -> None:
    """List the places in one state, the first in line first."""
    page = list_places(FirstItems(limit), state=PlaceState(state), text=query)
    lines = [
        PlaceLine(
            each.id,
            each.email,
            each.state.value,
            moment(each.asked_at),
            each.note,
            each.client_id,
        )
        for each in page.items
    ]
    print_list(lines, as_json=as_json)


@command.command()
@click.argument("places", metavar="PLACE...", nargs=-1)
@click.option(
    "--next", "count", type=click.IntRange(1, MOST_AT_ONCE), help="So many, in order."
)
@json_option
@with_application(Permission.WAITLIST)
def admit(*, places: tuple[str, ...], count: int | None, as_json: bool) -> None:
    """Let in whom the ids PLACE name, or the next: they are mailed a link."""
    require_one(places, count)
    by = OPERATOR
    done = let_in_next(count, by=by) if count else let_in(places, by=by)
    db.session.commit()
    print_list([DecidedPlace(each) for each in done], as_json=as_json)


@command.command()
@click.argument("places", metavar="PLACE...", nargs=-1, required=True)
@json_option
@with_application(Permission.WAITLIST)
def remove(*, places: tuple[str, ...], as_json: bool) -> None:
    """Take those off the list whom the ids PLACE name; they are not told."""
    for place in places:
        remove_place(place, by=OPERATOR)
    db.session.commit()
    print_list([DecidedPlace(each, "removed") for each in places], as_json=as_json)


def require_one(places: tuple[str, ...], count: int | None) -> None:
    """Raise UsageError unless it is said whom to let in, in one way."""
    if bool(places) == bool(count):
        raise click.UsageError("Name places, or say how many with --next.")
