"""``idp waitlists``: who waits for which feature."""

import json
from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.listing import json_option, limit_option, print_list
from idp.cli.people import user_named
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.organizations.waitlists.administration import (
    list_waiting,
    list_waitlists,
    remove_waiting,
)

MOST = 1000


@dataclass(frozen=True)
class ListedFeature:
    """One line about a feature that somebody waits for."""

    feature: str
    waiting: int
    first_at: str
    newest_at: str


@dataclass(frozen=True)
class ListedWaiter:
    """One line about a user who waits; a personal organization is the user's own."""

    user_id: str
    email: str
    organization_id: str
    organization: str
    personal: bool
    created_at: str


@click.group()
def command() -> None:
    """See who waits for which feature, and take people off."""


@command.command("list")
@limit_option(MOST)
@json_option
@with_application(Permission.WAITLIST)
def list_all(*, limit: int, as_json: bool) -> None:
    """List the features that somebody waits for: how many do, since when."""
    listed = [
        ListedFeature(
            each.feature,
            each.waiting,
            each.first_at.isoformat(timespec="seconds"),
            each.newest_at.isoformat(timespec="seconds"),
        )
        for each in list_waitlists(FirstItems(limit)).items
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("feature")
@limit_option(MOST)
@json_option
@with_application(Permission.WAITLIST)
def show(*, feature: str, limit: int, as_json: bool) -> None:
    """List who waits for FEATURE, the longest first."""
    listed = [
        ListedWaiter(
            each.user_id,
            each.email,
            each.organization_id,
            each.organization_name,
            each.personal,
            each.created_at.isoformat(timespec="seconds"),
        )
        for each in list_waiting(feature, FirstItems(limit)).items
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("feature")
@click.argument("login", metavar="USER")
@click.option("--organization", "organization_id", help="Only there, by its id.")
@json_option
@with_application(Permission.WAITLIST)
def remove(
    *, feature: str, login: str, organization_id: str | None, as_json: bool
) -> None:
    """Take USER (address, username or id) off the waitlist of FEATURE, everywhere."""
    user = user_named(login)
    removed = remove_waiting(feature, user_id=user.id, organization_id=organization_id)
    db.session.commit()
    print_removed(feature, email=user.email, removed=removed, as_json=as_json)


def print_removed(feature: str, *, email: str, removed: int, as_json: bool) -> None:
    """Say how many places a user lost."""
    shown = {"feature": feature, "email": email, "removed": removed}
    said = f"Removed {email} from {feature}, {removed} times."
    click.echo(json.dumps(shown, indent=2) if as_json else said)
