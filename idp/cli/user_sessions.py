"""``idp users sessions``."""

import json
from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.accounts.sessions.list import list_devices
from idp.administration.user_acts import end_sessions
from idp.cli.application import with_application
from idp.cli.listing import json_option, print_list
from idp.cli.people import user_named
from idp.cli.user_changes import OPERATOR_HERE, user_argument
from idp.core.db import db


@dataclass(frozen=True)
class ListedSession:
    """One line about a browser that a user is signed in with."""

    id: str
    browser: str | None
    system: str | None
    network: str | None
    first_seen_at: str
    last_seen_at: str


@click.group("sessions")
def command() -> None:
    """List and end the browser sessions of a user."""


@command.command("list")
@user_argument
@json_option
@with_application(Permission.SESSIONS_READ)
def list_all(*, login: str, as_json: bool) -> None:
    """List the sessions of USER (address, username or id), the last used first."""
    user = user_named(login)
    devices = list_devices(user.id, current_session_id=None)
    listed = [
        ListedSession(
            each.session_id,
            each.browser.name,
            each.browser.system,
            each.network,
            each.first_seen_at.isoformat(timespec="seconds"),
            each.last_seen_at.isoformat(timespec="seconds"),
        )
        for each in devices
    ]
    print_list(listed, as_json=as_json)


@command.command()
@user_argument
@json_option
@with_application(Permission.SESSIONS_END)
def end(*, login: str, as_json: bool) -> None:
    """End all sessions of USER, with their tokens; apps are told."""
    user = user_named(login)
    ended = end_sessions(user, who=OPERATOR_HERE)
    db.session.commit()
    shown = {"id": user.id, "email": user.email, "ended": ended}
    said = f"Ended {ended} sessions of {user.email}."
    click.echo(json.dumps(shown, indent=2) if as_json else said)
