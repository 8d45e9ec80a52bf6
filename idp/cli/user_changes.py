"""``idp users``: changes of a user who exists."""

import json
from dataclasses import asdict
from typing import Any

import click

from idp.accounts.access.permissions import OPERATOR, Authority, Permission, Role
from idp.accounts.access.principal import Machine
from idp.accounts.access.roles import change_roles
from idp.accounts.lifecycle.deletion import find_erasure, schedule_deletion
from idp.accounts.lifecycle.status import disable, enable
from idp.accounts.models import User
from idp.accounts.password.reset import mail_reset_link
from idp.cli.application import OPERATOR_CALLER, with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option
from idp.cli.people import user_named
from idp.core.db import db
from idp.ops.listings import listed_user
from idp.security.audit import Values
from idp.security.requester import Requester
from idp.web.callers.access import fresh_proof, record_action

NO_BROWSER = Requester()
OPERATOR_HERE = Machine(OPERATOR_CALLER.actor or "", Authority(OPERATOR))
BY = OPERATOR_HERE.by

role_choice = click.Choice([role.value for role in Role])
user_argument = click.argument("login", metavar="USER")


@click.command("disable")
@user_argument
@json_option
@with_application(Permission.USERS_DISABLE)
def disable_user(*, login: str, as_json: bool) -> None:
    """Take USER (address, username or id) out of use.

    Sessions, tokens and grants end at once; the user is mailed.
    """
    user = user_named(login)
    before = _status_of(user)
    changed = disable(user, by=BY, requester=NO_BROWSER)
    action = "user.disable" if changed else None
    _settle(user, action, before=before, after=_status_of(user))
    _print_user(user, f"{user.email} is disabled.", as_json=as_json)


@click.command("enable")
@user_argument
@json_option
@with_application(Permission.USERS_DISABLE)
def enable_user(*, login: str, as_json: bool) -> None:
    """Let USER sign in again, also one who was to be erased."""
    user = user_named(login)
    before = _status_of(user)
    changed = enable(user, by=BY)
    action = "user.enable" if changed else None
    _settle(user, action, before=before, after=_status_of(user))
    _print_user(user, f"{user.email} is active.", as_json=as_json)


@click.command()
@user_argument
@click.option("--give", multiple=True, type=role_choice, help="Can be repeated.")
@click.option("--take", multiple=True, type=role_choice, help="Can be repeated.")
@json_option
@with_application(Permission.USERS_ROLES)
def roles(
    *, login: str, give: tuple[str, ...], take: tuple[str, ...], as_json: bool
) -> None:
    """Give USER roles, or take some; the others stay."""
    refuse_roles(give, take)
    user = user_named(login)
    before = change_roles(user, give=give, take=take, held=OPERATOR)
    action = "roles.set" if before != sorted(user.roles) else None
    _settle(user, action, before={"roles": before}, after={"roles": user.roles})
    held = ", ".join(user.roles) or "no role"
    _print_user(user, f"{user.email} has {held}.", as_json=as_json)


@click.command()
@user_argument
@json_option
@with_application(Permission.USERS_SEND_RESET)
def reset(*, login: str, as_json: bool) -> None:
    """Mail USER a link that sets a new password; an older one is void."""
    user = user_named(login)
    mail_reset_link(user, by=BY, requester=NO_BROWSER)
    _settle(user, "user.send_reset", before={}, after={"mailed": True})
    said = f"A link to a new password is on its way to {user.email}."
    _print_user(user, said, as_json=as_json)


@click.command()
@user_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@with_application(Permission.USERS_DELETE)
def delete(*, login: str, yes: bool, as_json: bool) -> None:
    """Take USER out of use now and erase them after fourteen days.

    Until then the mailed link and `idp users enable` keep the account.
    """
    user = user_named(login)
    if not yes:
        click.confirm(f"Delete {user.email}?", abort=True, err=True)
    before = _deletion_of(user)
    proof = fresh_proof(OPERATOR_HERE)
    schedule_deletion(user, credential=proof, requester=NO_BROWSER)
    db.session.refresh(user)
    after = _deletion_of(user)
    action = "user.delete" if after != before else None
    _settle(user, action, before=before, after=after)
    said = f"{user.email} is out of use and will be erased at {after['erase_at']}."
    _print_user(user, said, as_json=as_json, erase_at=after["erase_at"])


def refuse_roles(give: tuple[str, ...], take: tuple[str, ...]) -> None:
    """Raise UsageError for no role at all, and for one that is given and taken."""
    if not give and not take:
        raise click.UsageError("Say which: --give ROLE, --take ROLE or both.")
    both = sorted({*give} & {*take})
    if both:
        raise click.UsageError(f"{both[0]} is given and taken: name it once.")


COMMANDS = (disable_user, enable_user, roles, reset, delete)


def _status_of(user: User) -> dict[str, Any]:
    """Return what disabling and enabling change."""
    return {"status": str(user.status)}


def _deletion_of(user: User) -> dict[str, Any]:
    """Return what a deletion changes."""
    return {**_status_of(user), "erase_at": moment(find_erasure(user.id))}


def _settle(user: User, action: str | None, *, before: Values, after: Values) -> None:
    """Commit a change with its audit row; without ``action`` nothing was changed."""
    if action:
        record_action(OPERATOR_HERE, action, subject=user, before=before, after=after)
    db.session.commit()


def _print_user(user: User, said: str, *, as_json: bool, **more: Any) -> None:
    """Print a user as the list has them, or what was done in a sentence."""
    shown = {**asdict(listed_user(user)), **more}
    click.echo(json.dumps(shown, indent=2) if as_json else said)
