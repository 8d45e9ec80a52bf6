"""Delivery: letters leave the outbox, one claim and one try at a time.

A claim is one guarded UPDATE, committed before anything goes over the network, so two
workers never send the same letter at the same time. A worker that dies between sending
and marking leaves its claim behind; the letter is sent again when that has run out:
at least once, and under the same Message-ID.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import ColumnElement, bindparam, or_, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.log import shown_email
from idp.mail.mail_url import MailUrl, parse_mail_url
from idp.mail.models import OutboxMessage
from idp.mail.settings import MailSettings
from idp.mail.smtp import SmtpTransport
from idp.mail.transports import (
    ConsoleTransport,
    FileTransport,
    Letter,
    OutboxTransport,
    Transport,
    TryLater,
    Undeliverable,
)

log = logging.getLogger("idp.mail")

TRANSPORTS: dict[str, Callable[[MailUrl, MailSettings], Transport]] = {
    "outbox": OutboxTransport,
    "console": ConsoleTransport,
    "file": FileTransport,
    "smtp": SmtpTransport,
    "smtps": SmtpTransport,
    "smtp+starttls": SmtpTransport,
}
CLAIM = timedelta(minutes=5)  # longer than the slowest conversation
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP = timedelta(hours=24)
MAX_REASON = 512

messages = table_of(OutboxMessage)


def _waiting(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition of rows that anyone may try at ``now``."""
    return (
        messages.c.sent_at.is_(None)
        & messages.c.failed_at.is_(None)
        & (messages.c.next_try_at <= now)
        & or_(messages.c.claimed_until.is_(None), messages.c.claimed_until <= now)
    )


DUE = (
    select(messages.c.id)
    .where(_waiting(bindparam("now", type_=messages.c.created_at.type)))
    .order_by(messages.c.next_try_at)
    .limit(bindparam("limit"))
)
CLAIM_ONE = (
    update(messages)
    .where(messages.c.id == bindparam("message_id"))
    .where(_waiting(bindparam("now", type_=messages.c.created_at.type)))
    .values(claimed_until=bindparam("until"), tries=messages.c.tries + 1)
    .returning(
        messages.c.recipient,
        messages.c.subject,
        messages.c.text,
        messages.c.html,
        messages.c.created_at,
        messages.c.tries,
    )
)
MARK = update(messages).where(
    messages.c.id == bindparam("message_id"), messages.c.sent_at.is_(None)
)


def deliver_due(limit: int = 20) -> int:
    """Try up to ``limit`` letters that are due; return how many need no more of us.

    Commits after each step. With nothing due it costs one SELECT on an index. A letter
    that is put off ends the round: a mail server that is away would hold up the
    worker's other jobs once for each letter.
    """
    due = db.session.scalars(DUE, {"now": utcnow(), "limit": limit}).all()
    db.session.commit()
    if not due:
        return 0
    settings = current(MailSettings)
    url = parse_mail_url(settings.mail_url)
    transport = TRANSPORTS[url.scheme](url, settings)
    settled = takewhile(lambda message_id: _deliver(message_id, transport), due)
    return len(list(settled))


def _deliver(message_id: str, transport: Transport) -> bool:
    """Claim one letter and try it; False when it was put off for a later try."""
    now = utcnow()
    claim = {"message_id": message_id, "now": now, "until": now + CLAIM}
    row = db.session.execute(CLAIM_ONE, claim).one_or_none()
    db.session.commit()
    if row is None:  # another worker was first
        return True
    letter = Letter(
        message_id, row.recipient, row.subject, row.text, row.html, row.created_at
    )
    try:
        transport.deliver(letter)
    except Undeliverable as error:
        _mark_failed(letter, str(error))
    except TryLater as error:
        _mark_for_later(letter, str(error), tries=row.tries)
        db.session.commit()
        return False
    else:
        _mark_sent(letter, keep=transport.keeps)
    db.session.commit()
    return True


def _mark_sent(letter: Letter, *, keep: bool) -> None:
    """Note the delivery and blank the bodies, whose links still work."""
    bodies = {} if keep else {"text": "", "html": ""}
    marked = MARK.values(sent_at=utcnow(), claimed_until=None, last_error=None)
    db.session.execute(marked.values(**bodies), {"message_id": letter.id})
    log.info("mail.sent", extra=_facts(letter))


def _mark_for_later(letter: Letter, reason: str, *, tries: int) -> None:
    """Put the letter back for a later try, or give up when that would be too late."""
    next_try_at = utcnow() + _wait_after(tries)
    if next_try_at > letter.created_at + GIVE_UP:
        _mark_failed(letter, reason)
        return
    later = MARK.values(
        next_try_at=next_try_at, claimed_until=None, last_error=reason[:MAX_REASON]
    )
    db.session.execute(later, {"message_id": letter.id})
    log.warning("mail.delayed", extra={**_facts(letter), "reason": reason})


def _mark_failed(letter: Letter, reason: str) -> None:
    """Give up on the letter and blank its bodies."""
    failed = MARK.values(
        failed_at=utcnow(),
        claimed_until=None,
        last_error=reason[:MAX_REASON],
        text="",
        html="",
    )
    db.session.execute(failed, {"message_id": letter.id})
    log.error("mail.failed", extra={**_facts(letter), "reason": reason})


def _wait_after(tries: int) -> timedelta:
    """Return the pause after this many failed tries: 15 s, doubled, at most an hour."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 16)), LONGEST_WAIT)


def _facts(letter: Letter) -> dict[str, str]:
    """Return what the log may know of a letter."""
    return {"mail_id": letter.id, "to": shown_email(letter.recipient)}
