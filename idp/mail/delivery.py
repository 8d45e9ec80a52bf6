"""Delivery: mails leave the outbox, one claim and one try at a time."""

import logging
from collections.abc import Callable
from datetime import timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Row

from idp.core.context import current
from idp.core.db import commit_if_used, table_of
from idp.core.log import shown_email
from idp.core.outbox import DeliveryLog, Outbox
from idp.mail.mail_url import MailUrl, parse_mail_url
from idp.mail.models import OutboxMessage
from idp.mail.rendering import Unrenderable, render
from idp.mail.settings import MailSettings
from idp.mail.smtp import SmtpTransport
from idp.mail.transports import (
    ConsoleTransport,
    FileTransport,
    OutboxTransport,
    Transport,
    TryLater,
    Undeliverable,
)

TRANSPORTS: dict[str, Callable[[MailUrl, MailSettings], Transport]] = {
    "outbox": OutboxTransport,
    "console": ConsoleTransport,
    "file": FileTransport,
    "smtp": SmtpTransport,
    "smtps": SmtpTransport,
    "smtp+starttls": SmtpTransport,
}


def _facts(row: Row[Any]) -> dict[str, str | int]:
    """Return what the log may say of a mail."""
    return {"mail_id": row.id, "to": shown_email(row.recipient)}


BLANK = {"text": "", "html": "", "values_sealed": None}
MAILS = Outbox(
    table_of(OutboxMessage),
    done="sent_at",
    claim_for=timedelta(minutes=5),  # longer than the slowest conversation
    first_wait=timedelta(seconds=15),
    blanked=BLANK,
    log=DeliveryLog(
        logging.getLogger("idp.mail"),
        done="mail.sent",
        delayed="mail.delayed",
        failed="mail.failed",
        facts=_facts,
    ),
)


def deliver_due(limit: int = 20) -> int:
    """Try up to ``limit`` mails that are due; return how many need no more of us.

    Commits after each step. With nothing due it costs one SELECT on an index. A mail
    that is put off ends the round: a mail server that is away would hold up the
    worker's other jobs once for each mail.
    """
    due = MAILS.find_due(limit)
    if not due:
        return 0
    settings = current(MailSettings)
    url = parse_mail_url(settings.mail_url)
    transport = TRANSPORTS[url.scheme](url, settings)
    settled = takewhile(lambda message_id: _deliver(message_id, transport), due)
    return len(list(settled))


def _deliver(message_id: str, transport: Transport) -> bool:
    """Claim one mail and try it; False when it was put off for a later try."""
    row = MAILS.claim(message_id)
    if row is None:  # another worker was first
        return True
    try:
        message = render(row)
        commit_if_used()  # no connection is held while a mail server answers
        transport.deliver(message)
    except Unrenderable as error:  # an operator can mend it; meanwhile others go out
        MAILS.put_off(row, str(error))
    except Undeliverable as error:
        MAILS.give_up(row, str(error))
    except TryLater as error:
        MAILS.put_off(row, str(error))
        return False
    else:
        # Its links still work, so nothing but the subject stays.
        blanked = {} if transport.keeps else BLANK
        MAILS.succeed(row, subject=message.subject, **blanked)
    return True
