"""``idp users tokens``."""

import json
from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.administration import user_acts
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, print_list
from idp.cli.people import user_named
from idp.cli.user_changes import OPERATOR_HERE, user_argument
from idp.core.db import db
from idp.oauth.personal_tokens.registry import list_tokens


@dataclass(frozen=True)
class ListedPersonalToken:
    """One line about a personal access token."""

    id: str
    name: str
    prefix: str
    resource: str
    scope: list[str]
    expires_at: str
    last_used_at: str | None


@click.group("tokens")
def command() -> None:
    """List and revoke the personal access tokens of a user."""


@command.command("list")
@user_argument
@json_option
@with_application(Permission.USERS_READ)
def list_all(*, login: str, as_json: bool) -> None:
    """List the tokens of USER (address, username or id), the newest first."""
    listed = [
        ListedPersonalToken(
            token.id,
            token.name,
            token.prefix,
            token.resource,
            list(token.scopes),
            token.expires_at.isoformat(timespec="seconds"),
            moment(token.last_used_at),
        )
        for token in list_tokens(user_named(login).id)
    ]
    print_list(listed, as_json=as_json)


@command.command()
@user_argument
@click.argument("token_id")
@json_option
@with_application(Permission.SESSIONS_END)
def revoke(*, login: str, token_id: str, as_json: bool) -> None:
    """End the token with the id TOKEN_ID of USER for good, at once."""
    user = user_named(login)
    user_acts.revoke_token(user, token_id, who=OPERATOR_HERE)
    db.session.commit()
    shown = {"id": token_id, "revoked": True}
    click.echo(json.dumps(shown, indent=2) if as_json else f"Revoked {token_id}.")
