"""``idp clients``: changes of a client that exists.

A running server follows within half a minute.
"""

import json
from datetime import timedelta
from typing import Any, TextIO

import click

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json, moment, print_client
from idp.cli.client_lifetimes import lifetimes
from idp.cli.client_people import people, people_in
from idp.core.db import db
from idp.oauth.apis.permissions import read_lines
from idp.oauth.clients.changes import (
    change_client,
    disable_client,
    enable_client,
    get_client,
)
from idp.oauth.clients.edits.deletion import delete_client
from idp.oauth.clients.secrets import rotate_secret

ONE_DAY = 24 * 3600


@click.command()
@click.argument("client_id")
@click.option("--name", "client_name", help="The name that people read.")
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    help="Where people are sent back to; those given replace all present ones.",
)
@click.option(
    "--post-logout-redirect-uri",
    "post_logout_redirect_uris",
    multiple=True,
    help="Where people may be sent after signing out; replaces all present ones.",
)
@click.option("--scope", help="Scopes it may ask for, separated by spaces.")
@click.option(
    "--api",
    "apis",
    multiple=True,
    help="An API it may ask for, or 'IDENTIFIER SCOPE...'; those given replace all.",
)
@click.option("--no-apis", is_flag=True, help="Ask for no API any more.")
@people
@lifetimes
@click.option(
    "--metadata",
    type=click.File(encoding="utf-8-sig"),
    help="Other members: a JSON object.",
)
@click.option(
    "--first-party/--no-first-party",
    default=None,
    help="One of ours: no consent page, and scope account in full.",
)
@click.option("--require-pkce/--no-require-pkce", default=None, help="Refuse without.")
@always_json
@with_application(Permission.CLIENTS_WRITE)
def update(
    *,
    client_id: str,
    apis: tuple[str, ...],
    no_apis: bool,
    first_party: bool | None,
    require_pkce: bool | None,
    **members: Any,
) -> None:
    """Change CLIENT_ID and print what is registered now, as JSON.

    What is not named stays. A member that is null in --metadata gets its default.
    """
    change_client(
        client_id,
        {**get_client(client_id).registered, **changed_members(**members)},
        held=OPERATOR,
        first_party=first_party,
        require_pkce=require_pkce,
        apis=read_lines(apis) if apis or no_apis else None,
    )
    db.session.commit()
    print_client(client_id)


def changed_members(
    *,
    metadata: TextIO | None,
    allowed: tuple[str, ...],
    allow_everyone: bool,
    app_role_lines: tuple[str, ...],
    **members: Any,
) -> dict[str, Any]:
    """Return what is said of a client that exists."""
    changed = read_members(metadata) | people_in(
        allowed=allowed, allow_everyone=allow_everyone, app_role_lines=app_role_lines
    )
    for name, value in members.items():
        if value:
            changed[name] = list(value) if isinstance(value, tuple) else value
    return changed


def read_members(file: TextIO | None) -> dict[str, Any]:
    """Return the JSON object in a file, or nothing without one."""
    if file is None:
        return {}
    try:
        found = json.load(file)
    except ValueError as error:
        raise click.BadParameter(
            f"no JSON: {error}", param_hint="--metadata"
        ) from error
    if not isinstance(found, dict):
        raise click.BadParameter("no JSON object", param_hint="--metadata")
    return found


@click.command("rotate-secret")
@click.argument("client_id")
@click.option(
    "--overlap",
    "overlap_seconds",
    type=click.IntRange(min=0),
    default=ONE_DAY,
    show_default=True,
    help="Seconds for which the present secret still works; 0 ends it at once.",
)
@always_json
@with_application(Permission.CLIENTS_SECRETS)
def rotate(*, client_id: str, overlap_seconds: int) -> None:
    """Make a second secret for CLIENT_ID; print it once, as JSON."""
    get_client(client_id)
    made = rotate_secret(
        client_id, overlap=timedelta(seconds=overlap_seconds), held=OPERATOR
    )
    db.session.commit()
    shown = {
        "client_id": client_id,
        "client_secret": made.client_secret,
        "others_expire_at": moment(made.others_expire_at),
    }
    click.echo(json.dumps(shown, indent=2))


@click.command()
@click.argument("client_id")
@always_json
@with_application(Permission.CLIENTS_WRITE)
def disable(*, client_id: str) -> None:
    """Turn CLIENT_ID off: no sign-in and no token until it is enabled."""
    disable_client(client_id)
    db.session.commit()
    print_client(client_id)


@click.command()
@click.argument("client_id")
@always_json
@with_application(Permission.CLIENTS_WRITE)
def enable(*, client_id: str) -> None:
    """Turn CLIENT_ID on again, with everything it had."""
    enable_client(client_id)
    db.session.commit()
    print_client(client_id)


@click.command()
@click.argument("client_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(Permission.CLIENTS_WRITE)
def delete(*, client_id: str, yes: bool) -> None:
    """Delete CLIENT_ID with its secrets, tokens and consents."""
    name = get_client(client_id).client_name
    if not yes:
        click.confirm(f"Delete {name} for good?", abort=True, err=True)
    delete_client(client_id)
    db.session.commit()
    click.echo(json.dumps({"client_id": client_id, "deleted": True}, indent=2))


COMMANDS = (update, rotate, disable, enable, delete)
