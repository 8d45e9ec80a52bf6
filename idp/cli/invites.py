"""``idp invites``."""

import json
from dataclasses import dataclass
from typing import TextIO

import click
from sqlalchemy import select

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.listing import json_option, print_list
from idp.core.clock import utcnow
from idp.core.db import db
from idp.organizations.invites.issuing import (
    InvitedBy,
    MadeInvite,
    WantedInvite,
    issue_invites,
    resend_invite,
    withdraw_invite,
)
from idp.organizations.invites.listing import get_invite
from idp.organizations.invites.rows import state_of
from idp.organizations.invites.table import read_table
from idp.organizations.models import Invite

OPERATOR = InvitedBy()
link_option = click.option(
    "--link", "by_link", is_flag=True, help="Print the link to hand over; mail nothing."
)

client_option = click.option(
    "--client", "client_id", help="The app that they are led to; the mail names it."
)


@dataclass(frozen=True)
class ListedInvite:
    """One line about an invite."""

    id: str
    email: str
    state: str
    mailed: bool
    expires_at: str
    invited_by: str
    client_id: str


@click.group()
def command() -> None:
    """Invite people to have an account here."""


@command.command()
@click.argument("emails", nargs=-1)
@click.option(
    "--file",
    "table",
    type=click.File(encoding="utf-8-sig"),
    help="Read addresses from a file, one a line or in the first column of a CSV.",
)
@client_option
@link_option
@json_option
@with_application(Permission.INVITES)
def create(
    *,
    emails: tuple[str, ...],
    table: TextIO | None,
    client_id: str | None,
    by_link: bool,
    as_json: bool,
) -> None:
    """Invite each address of EMAILS, all of them or none."""
    named = addresses_in(emails, table)
    wanted = [WantedInvite(email, client_id=client_id) for email in named]
    made = issue_invites(wanted, by=OPERATOR, send=not by_link)
    db.session.commit()
    print_made([(invite_line(each.row), each.url) for each in made], as_json=as_json)


@command.command("list")
@json_option
@with_application(Permission.USERS_READ)
def list_all(*, as_json: bool) -> None:
    """List the invites.

    Their id, address, state, whether it was mailed, until when, who invited, and the
    app that it leads to.
    """
    to_server = select(Invite).where(Invite.organization_id.is_(None))
    rows = db.session.scalars(to_server.order_by(Invite.id.desc()))
    print_list([invite_line(row) for row in rows], as_json=as_json)


@command.command()
@click.argument("invite_id")
@link_option
@json_option
@with_application(Permission.INVITES)
def resend(*, invite_id: str, by_link: bool, as_json: bool) -> None:
    """Make a new link for the invite INVITE_ID; the one of before is void."""
    row = get_invite(invite_id, organization_id=None)
    made: MadeInvite = resend_invite(row, by=OPERATOR, send=not by_link)
    db.session.commit()
    print_made([(invite_line(made.row), made.url)], as_json=as_json)


@command.command()
@click.argument("invite_id")
@json_option
@with_application(Permission.INVITES)
def withdraw(*, invite_id: str, as_json: bool) -> None:
    """Let the invite INVITE_ID open nothing any more."""
    withdraw_invite(get_invite(invite_id, organization_id=None), by=OPERATOR)
    db.session.commit()
    print_withdrawn(invite_id, as_json=as_json)


def invite_line(row: Invite) -> ListedInvite:
    """Return an invite as it is listed."""
    return ListedInvite(
        id=row.id,
        email=row.email,
        state=state_of(row, now=utcnow()).value,
        mailed=row.mailed,
        expires_at=row.expires_at.isoformat(timespec="seconds"),
        invited_by=row.invited_by or "operator",
        client_id=row.client_id or "",
    )


def addresses_in(emails: tuple[str, ...], table: TextIO | None) -> list[str]:
    """Return the addresses that a command names; UsageError where it names none."""
    named = [each.email for each in read_table(table.read())] if table else []
    if not (emails or named):
        raise click.UsageError("Name an address, or a --file with some.")
    return [*emails, *named]


def print_made(made: list[tuple[ListedInvite, str | None]], *, as_json: bool) -> None:
    """Print new invites, with the links that were not mailed, once."""
    if as_json:
        items = [
            {**line.__dict__, **({"url": url} if url else {})} for line, url in made
        ]
        click.echo(json.dumps(items, indent=2))
        return
    for line, url in made:
        click.echo(f"{line.email}  {url}" if url else f"Mailed {line.email}.")


def print_withdrawn(invite_id: str, *, as_json: bool) -> None:
    """Say that an invite is withdrawn."""
    shown = {"id": invite_id, "withdrawn": True}
    click.echo(json.dumps(shown, indent=2) if as_json else f"Withdrew {invite_id}.")
