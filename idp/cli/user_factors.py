"""``idp users factors``."""

import json
from dataclasses import asdict

import click

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.accounts.factors.reset import HeldFactors, held_factors
from idp.administration import user_acts
from idp.cli.application import with_application
from idp.cli.listing import json_option
from idp.cli.people import user_named
from idp.cli.user_changes import OPERATOR_HERE, user_argument
from idp.core.db import db


@click.group("factors")
def command() -> None:
    """Reset and unlock the two-step sign-in of a user."""


@command.command()
@user_argument
@json_option
@with_application(Permission.FACTORS_RESET)
def reset(*, login: str, as_json: bool) -> None:
    """Take all second factors from USER (address, username or id).

    Authenticator app, passkeys, recovery codes and trusted browsers count no more, all
    sessions end, and the user is mailed.
    """
    user = user_named(login)
    taken = held_factors(user)
    user_acts.reset_factors(user, who=OPERATOR_HERE, held=OPERATOR)
    db.session.commit()
    print_taken(user.id, taken, email=user.email, as_json=as_json)


@command.command()
@user_argument
@json_option
@with_application(Permission.FACTORS_RESET)
def unlock(*, login: str, as_json: bool) -> None:
    """Judge codes of USER again, after too many wrong ones."""
    user = user_named(login)
    locked = held_factors(user).locked
    user_acts.unlock_factors(user, who=OPERATOR_HERE)
    db.session.commit()
    print_unlocked(user.id, locked, email=user.email, as_json=as_json)


def print_taken(user_id: str, taken: HeldFactors, *, email: str, as_json: bool) -> None:
    """Print what was taken from a user."""
    said = f"{email} had no second factor."
    if taken:
        keys = ", ".join(taken.passkeys) or "none"
        said = (
            f"Reset two-step sign-in of {email}: authenticator app "
            f"{'yes' if taken.totp else 'no'}, passkeys {keys}, "
            f"{taken.recovery_codes} recovery codes, "
            f"{taken.trusted_browsers} trusted browsers."
        )
    shown = {"id": user_id, "email": email, "taken": asdict(taken)}
    click.echo(json.dumps(shown, indent=2) if as_json else said)


def print_unlocked(
    user_id: str, locked: list[str], *, email: str, as_json: bool
) -> None:
    """Print which factors of a user were unlocked."""
    said = f"Unlocked for {email}: {', '.join(locked) or 'nothing was locked'}."
    shown = {"id": user_id, "email": email, "unlocked": locked}
    click.echo(json.dumps(shown, indent=2) if as_json else said)
