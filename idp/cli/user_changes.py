"""``idp users``: changes of a user who exists."""

import json
from dataclasses import asdict
from typing import Any

import click

from idp.accounts.access.permissions import OPERATOR, Authority, Permission, Role
from idp.accounts.access.principal import Machine
from idp.accounts.lifecycle.deletion import find_erasure
from idp.accounts.models import User, UserStatus
from idp.administration import user_acts
from idp.cli.application import OPERATOR_CALLER, with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option
from idp.cli.people import user_named
from idp.core.db import db
from idp.ops.listings import listed_user
from idp.security.requester import Requester
from idp.web.callers.access import fresh_proof

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
    user = _set_status(login, UserStatus.DISABLED)
    _print_user(user, f"{user.email} is disabled.", as_json=as_json)


@click.command("enable")
@user_argument
@json_option
@with_application(Permission.USERS_DISABLE)
def enable_user(*, login: str, as_json: bool) -> None:
    """Let USER sign in again, also one who was to be erased."""
    user = _set_status(login, UserStatus.ACTIVE)
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
    user_acts.add_and_take_roles(
        user, give=give, take=take, who=OPERATOR_HERE, held=OPERATOR
    )
    db.session.commit()
    held = ", ".join(user.roles) or "no role"
    _print_user(user, f"{user.email} has {held}.", as_json=as_json)


@click.command()
@user_argument
@json_option
@with_application(Permission.USERS_SEND_RESET)
def reset(*, login: str, as_json: bool) -> None:
    """Mail USER a link that sets a new password; an older one is void."""
    user = user_named(login)
    user_acts.send_reset(user, who=OPERATOR_HERE, held=OPERATOR, requester=NO_BROWSER)
    db.session.commit()
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
    user_acts.delete_user(
        user,
        who=OPERATOR_HERE,
        credential=fresh_proof(OPERATOR_HERE),
        requester=NO_BROWSER,
    )
    db.session.commit()
    erase_at = moment(find_erasure(user.id))
    said = f"{user.email} is out of use and will be erased at {erase_at}."
    _print_user(user, said, as_json=as_json, erase_at=erase_at)


def refuse_roles(give: tuple[str, ...], take: tuple[str, ...]) -> None:
    """Raise UsageError for no role at all, and for one that is given and taken."""
    if not give and not take:
        raise click.UsageError("Say which: --give ROLE, --take ROLE or both.")
    both = sorted({*give} & {*take})
    if both:
        raise click.UsageError(f"{both[0]} is given and taken: name it once.")


COMMANDS = (disable_user, enable_user, roles, reset, delete)


def _set_status(login: str, status: UserStatus) -> User:
    """Take an account out of use or let it be used again, and return its user."""
    user = user_named(login)
    user_acts.set_status(user, status, who=OPERATOR_HERE, requester=NO_BROWSER)
    db.session.commit()
    return user


def _print_user(user: User, said: str, *, as_json: bool, **more: Any) -> None:
    """Print a user as the list has them, or what was done in a sentence."""
    shown = {**asdict(listed_user(user)), **more}
    click.echo(json.dumps(shown, indent=2) if as_json else said)
