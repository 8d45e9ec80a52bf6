"""``idp users tokens --server``."""

import json

import click

from idp.cli import user_tokens
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.user_tokens import ListedPersonalToken


@by_server(user_tokens.list_all)
def _list_all(server: Server, *, login: str, as_json: bool) -> None:
    listed = [
        ListedPersonalToken(
            token["id"],
            token["name"],
            token["prefix"],
            token["resource"],
            token["scope"].split(),
            seconds_of(token["expires_at"]) or "",
            seconds_of(token["last_used_at"]),
        )
        for token in server.get(_path(server, login))
    ]
    print_list(listed, as_json=as_json)


@by_server(user_tokens.revoke)
def _revoke(server: Server, *, login: str, token_id: str, as_json: bool) -> None:
    server.send("DELETE", f"{_path(server, login)}/{segment(token_id)}")
    shown = {"id": token_id, "revoked": True}
    click.echo(json.dumps(shown, indent=2) if as_json else f"Revoked {token_id}.")


def _path(server: Server, login: str) -> str:
    """Return where the tokens of a user are."""
    return f"/api/accounts/{segment(user_at(server, login)['id'])}/tokens"
