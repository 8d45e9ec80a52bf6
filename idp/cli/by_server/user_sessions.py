"""``idp users sessions end --server``; what lists them tells less by REST."""

import json

import click

from idp.cli import user_sessions
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at


@by_server(user_sessions.end)
def _end(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    path = f"/api/accounts/{segment(user['id'])}"
    ended = len(server.get(path)["sessions"])
    server.send("DELETE", f"{path}/sessions")
    shown = {"id": user["id"], "email": user["email"], "ended": ended}
    said = f"Ended {ended} sessions of {user['email']}."
    click.echo(json.dumps(shown, indent=2) if as_json else said)
