"""``idp orgs invites``: who is invited into an organization."""

from typing import TextIO

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.invites import (
    OPERATOR,
    addresses_in,
    client_option,
    invite_line,
    link_option,
    print_made,
    print_withdrawn,
)
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.invites.into import invite_into, resend_into, withdraw_from
from idp.organizations.invites.issuing import WantedInvite
from idp.organizations.invites.listing import InviteFilters, get_invite, list_invites
from idp.organizations.registry import get_organization
from idp.organizations.roles import MEMBER

MOST = 1000

role_option = click.option(
    "--role", "roles", multiple=True, help="What they become there; else a member."
)


@click.group()
def invites() -> None:
    """Invite people into an organization."""


@invites.command()
@click.argument("organization")
@click.argument("emails", nargs=-1)
@click.option(
    "--file",
    "table",
    type=click.File(encoding="utf-8-sig"),
    help="Read addresses from a file, one a line or in the first column of a CSV.",
)
@role_option
@client_option
@link_option
@json_option
@with_application(Permission.INVITES)
def create(
    *,
    organization: str,
    emails: tuple[str, ...],
    table: TextIO | None,
    roles: tuple[str, ...],
    client_id: str | None,
    by_link: bool,
    as_json: bool,
) -> None:
    """Invite each address of EMAILS into the ORGANIZATION, all of them or none."""
    wanted = [
        WantedInvite(email, roles or (MEMBER,), client_id=client_id)
        for email in addresses_in(emails, table)
    ]
    made = invite_into(
        get_organization(organization),
        wanted,
        actor=MACHINE_OPERATOR,
        by=OPERATOR,
        send=not by_link,
    )
    db.session.commit()
    print_made([(invite_line(each.row), each.url) for each in made], as_json=as_json)


@invites.command("list")
@click.argument("organization")
@limit_option(MOST)
@json_option
@with_application(Permission.INVITES)
def list_all(*, organization: str, limit: int, as_json: bool) -> None:
    """List the invites into the ORGANIZATION, the newest first."""
    place = get_organization(organization).id
    found = list_invites(InviteFilters(), FirstItems(limit), organization_id=place)
    print_list([invite_line(row) for row in found.items], as_json=as_json)


@invites.command()
@click.argument("organization")
@click.argument("invite_id")
@link_option
@json_option
@with_application(Permission.INVITES)
def resend(*, organization: str, invite_id: str, by_link: bool, as_json: bool) -> None:
    """Make a new link for the invite INVITE_ID; the one of before is void."""
    place = get_organization(organization)
    made = resend_into(
        place,
        get_invite(invite_id, organization_id=place.id),
        actor=MACHINE_OPERATOR,
        by=OPERATOR,
        send=not by_link,
    )
    db.session.commit()
    print_made([(invite_line(made.row), made.url)], as_json=as_json)


@invites.command()
@click.argument("organization")
@click.argument("invite_id")
@json_option
@with_application(Permission.INVITES)
def withdraw(*, organization: str, invite_id: str, as_json: bool) -> None:
    """Let the invite INVITE_ID open nothing any more."""
    place = get_organization(organization)
    row = get_invite(invite_id, organization_id=place.id)
    withdraw_from(place, row, actor=MACHINE_OPERATOR, by=OPERATOR)
    db.session.commit()
    print_withdrawn(invite_id, as_json=as_json)
