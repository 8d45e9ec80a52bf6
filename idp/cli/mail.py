"""``idp mail``."""

import json
from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.administration.mail_outbox import (
    ListedMail,
    MailState,
    drop_mail,
    list_mails,
    send_mail_now,
)
from idp.cli.application import with_application
from idp.cli.client_json import always_json, moment
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.db import db
from idp.core.paging import FirstItems

MOST = 1000


@dataclass(frozen=True)
class MailLine:
    """One line about a mail; addresses are masked."""

    id: str
    kind: str
    recipient: str
    state: str
    tries: int
    created_at: str | None
    next_try_at: str | None
    error: str | None


@click.group()
def command() -> None:
    """See what waits to be mailed; send or drop it."""


@command.command()
@click.option("--state", type=click.Choice([each.value for each in MailState]))
@click.option("--to", "recipient", help="A whole address.")
@limit_option(MOST)
@json_option
@with_application(Permission.DELIVERIES_READ)
def outbox(
    *, state: str | None, recipient: str | None, limit: int, as_json: bool
) -> None:
    """List the mails of the last week, the newest first."""
    wanted = MailState(state) if state else None
    page = list_mails(FirstItems(limit), state=wanted, recipient=recipient)
    print_list([_line(item) for item in page.items], as_json=as_json)


@command.command()
@click.argument("mail_id")
@always_json
@with_application(Permission.SETTINGS_WRITE)
def resend(*, mail_id: str) -> None:
    """Have the mail with the id MAIL_ID, which waits, tried at once."""
    send_mail_now(mail_id)
    db.session.commit()
    click.echo(json.dumps({"id": mail_id, "state": "waiting"}, indent=2))


@command.command()
@click.argument("mail_id")
@always_json
@with_application(Permission.SETTINGS_WRITE)
def drop(*, mail_id: str) -> None:
    """Give up the mail with the id MAIL_ID, which waits: nobody gets it."""
    drop_mail(mail_id)
    db.session.commit()
    click.echo(json.dumps({"id": mail_id, "state": "failed"}, indent=2))


def _line(item: ListedMail) -> MailLine:
    """Return a mail as it is listed."""
    return MailLine(
        id=item.id,
        kind=item.kind,
        recipient=item.recipient,
        state=item.state,
        tries=item.tries,
        created_at=moment(item.created_at),
        next_try_at=moment(item.next_try_at),
        error=item.error,
    )
