"""``idp mail --server``."""

import json
from typing import Any

import click

from idp.cli import mail
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.mail import MailLine

PATH = "/api/admin/mail"


@by_server(mail.outbox)
def _outbox(
    server: Server,
    *,
    state: str | None,
    recipient: str | None,
    limit: int,
    as_json: bool,
) -> None:
    found = server.items(PATH, limit=limit, state=state, recipient=recipient)
    print_list([_line(item) for item in found], as_json=as_json)


@by_server(mail.resend)
def _resend(server: Server, *, mail_id: str) -> None:
    server.send("POST", f"{PATH}/{segment(mail_id)}/resend")
    click.echo(json.dumps({"id": mail_id, "state": "waiting"}, indent=2))


@by_server(mail.drop)
def _drop(server: Server, *, mail_id: str) -> None:
    server.send("DELETE", f"{PATH}/{segment(mail_id)}")
    click.echo(json.dumps({"id": mail_id, "state": "failed"}, indent=2))


def _line(item: dict[str, Any]) -> MailLine:
    """Return a mail as it is listed."""
    return MailLine(
        id=item["id"],
        kind=item["kind"],
        recipient=item["recipient"],
        state=item["state"],
        tries=item["tries"],
        created_at=seconds_of(item["created_at"]),
        next_try_at=seconds_of(item["next_try_at"]),
        error=item["error"],
    )
