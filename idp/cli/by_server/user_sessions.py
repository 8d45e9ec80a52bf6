"""``idp users sessions --server``."""

import json
from typing import Any

import click

from idp.cli import user_sessions
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.user_sessions import ListedSession


@by_server(user_sessions.list_all)
def _list_all(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    found = server.items("/api/admin/sessions", user=user["id"])
    found.sort(key=lambda each: (each["last_seen_at"], each["id"]), reverse=True)
    print_list(list(map(_line, found)), as_json=as_json)


@by_server(user_sessions.end)
def _end(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    path = f"/api/accounts/{segment(user['id'])}"
    ended = len(server.get(path)["sessions"])
    server.send("DELETE", f"{path}/sessions")
    shown = {"id": user["id"], "email": user["email"], "ended": ended}
    said = f"Ended {ended} sessions of {user['email']}."
    click.echo(json.dumps(shown, indent=2) if as_json else said)


def _line(session: dict[str, Any]) -> ListedSession:
    """Return the line about a session."""
    return ListedSession(
        session["id"],
        session["browser"],
        session["system"],
        session["place"],
        seconds_of(session["first_seen_at"]) or "",
        seconds_of(session["last_seen_at"]) or "",
    )
