"""``idp approvals``."""

from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.accounts.lifecycle.approvals import approve as let_in
from idp.accounts.lifecycle.approvals import decline as turn_away
from idp.accounts.lifecycle.approvals import list_approvals
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, limit_option, print_list
from idp.cli.people import user_named
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.security.audit import OPERATOR

MOST = 1000


@dataclass(frozen=True)
class WaitingLine:
    """One line about an account that waits."""

    id: str
    email: str
    name: str | None
    asked_at: str | None


@dataclass(frozen=True)
class DecidedLine:
    """One line about an account that was decided about."""

    id: str
    decision: str


@click.group()
def command() -> None:
    """Approve or decline new accounts, where the policy `registration` wants that."""


@command.command("list")
@click.option("--query", default="", help="How an address begins, or part of a name.")
@limit_option(MOST)
@json_option
@with_application(Permission.WAITLIST)
def list_all(*, query: str, limit: int, as_json: bool) -> None:
    """List who waits, the longest first: id, address, name, since when."""
    lines = [
        WaitingLine(each.id, each.email, each.name, moment(each.asked_at))
        for each in list_approvals(FirstItems(limit), text=query).items
    ]
    print_list(lines, as_json=as_json)


@command.command()
@click.argument("logins", metavar="USER...", nargs=-1, required=True)
@json_option
@with_application(Permission.WAITLIST)
def approve(*, logins: tuple[str, ...], as_json: bool) -> None:
    """Let each USER (address, username or id) in; they are mailed that."""
    decided = let_in([user_named(login).id for login in logins], by=OPERATOR)
    db.session.commit()
    print_list([DecidedLine(each, "approved") for each in decided], as_json=as_json)


@command.command()
@click.argument("logins", metavar="USER...", nargs=-1, required=True)
@json_option
@with_application(Permission.WAITLIST)
def decline(*, logins: tuple[str, ...], as_json: bool) -> None:
    """Turn each USER away: the account is erased, and they are mailed that."""
    decided = turn_away([user_named(login).id for login in logins], by=OPERATOR)
    db.session.commit()
    print_list([DecidedLine(each, "declined") for each in decided], as_json=as_json)
