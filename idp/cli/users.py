"""``idp users``."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, TextIO

import click

from idp.accounts.access.permissions import Permission, Role
from idp.accounts.registration.sign_up import create_user
from idp.accounts.settings import AccountsSettings
from idp.administration import user_acts
from idp.cli import user_changes, user_factors, user_sessions, user_tokens
from idp.cli.application import with_application
from idp.cli.attribute_values import attribute_option
from idp.cli.listing import json_option, print_list
from idp.cli.people import user_named
from idp.cli.user_changes import OPERATOR_HERE
from idp.core.context import current
from idp.core.db import db
from idp.ops.first_start import one_time_password
from idp.ops.listings import ListedUser, list_users, listed_user


@click.group()
def command() -> None:
    """Create, inspect and change users; make sign-in links."""


@command.command()
@click.argument("email")
@click.option("--username", help="A name to sign in with, besides the address.")
@click.option("--name", help="The full name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="Give a role; may be repeated.",
)
@click.option("--admin", is_flag=True, help="The same as --role admin.")
@click.option("--unverified", is_flag=True, help="The address is still to be proved.")
@click.option(
    "--password-file",
    type=click.File(encoding="utf-8-sig"),
    help="Read the password from a file, - for standard input.",
)
@attribute_option
@json_option
@with_application(Permission.USERS_CREATE)
def create(
    *,
    email: str,
    username: str | None,
    name: str | None,
    roles: tuple[str, ...],
    admin: bool,
    unverified: bool,
    password_file: TextIO | None,
    attributes: dict[str, Any],
    as_json: bool,
) -> None:
    """Create a user with the address EMAIL.

    Without a password file, a one-time password is made and printed, once.
    """
    given = password_in(password_file)
    min_length = current(AccountsSettings).password_min_length
    password = given or one_time_password(min_length)
    user = create_user(
        email=email,
        username=username,
        name=name,
        password=password,
        attributes=attributes,
        email_verified=not unverified,
        roles=(*roles, Role.ADMIN) if admin else roles,
        must_change_password=not given,
    )
    user_acts.record_creation(OPERATOR_HERE, user)
    db.session.commit()
    once = None if given else password
    print_created(listed_user(user), one_time_password=once, as_json=as_json)


@command.command()
@click.argument("login", metavar="EMAIL")
@click.option(
    "--new-password",
    is_flag=True,
    help="Make it a link to the page that sets a new password, for who lost theirs.",
)
@json_option
@with_application(Permission.USERS_SIGN_IN_LINK)
def link(*, login: str, new_password: bool, as_json: bool) -> None:
    """Print a one-time sign-in link for the user with EMAIL (or username, or id).

    Hand it over on a channel that only they read: whoever opens it is signed in.
    """
    user = user_named(login)
    made = user_acts.hand_link(user, who=OPERATOR_HERE, new_password=new_password)
    db.session.commit()
    print_link(made.url, expires_at=made.expires_at, as_json=as_json)


@command.command("list")
@json_option
@with_application(Permission.USERS_READ)
def list_all(*, as_json: bool) -> None:
    """List the users: id, address, whether it is proved, username, status, roles."""
    print_list(list_users(), as_json=as_json)


def password_in(file: TextIO | None) -> str | None:
    """Return the password in a file; None without one, and for an empty file."""
    return (file.read().rstrip("\r\n") if file else "") or None


def print_created(
    user: ListedUser, *, one_time_password: str | None, as_json: bool
) -> None:
    """Print a new user, and the password that was made for them, once."""
    if as_json:
        once = {"one_time_password": one_time_password} if one_time_password else {}
        click.echo(json.dumps({**asdict(user), **once}, indent=2))
        return
    click.echo(f"Created {user.email} ({user.id}).")
    if one_time_password:
        click.echo(f"One-time password: {one_time_password}")


def print_link(url: str, *, expires_at: datetime, as_json: bool) -> None:
    """Print a link and until when it works."""
    if as_json:
        until = expires_at.isoformat(timespec="seconds")
        click.echo(json.dumps({"url": url, "expires_at": until}, indent=2))
        return
    click.echo(url)
    click.echo(f"It works once, until {expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


for change in (
    *user_changes.COMMANDS,
    user_factors.command,
    user_sessions.command,
    user_tokens.command,
):
    command.add_command(change)
