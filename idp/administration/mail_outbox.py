"""The outbox of mails as operators see it: what waits, what failed, and why."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, func, or_, select, update

from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.errors import IdpError
from idp.core.log import shown_email
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.mail.delivery import BLANK
from idp.mail.models import OutboxMessage
from idp.security import audit

DROPPED = "dropped"
ADDRESS = re.compile(r"""[^\s<>"'(),:;]+@[^\s<>"'(),:;]+""")

messages = table_of(OutboxMessage)


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


WAITING = and_(messages.c.sent_at.is_(None), messages.c.failed_at.is_(None))
IN_STATE: dict[MailState, ColumnElement[bool]] = {
    MailState.WAITING: WAITING,
    MailState.SENT: messages.c.sent_at.is_not(None),
    MailState.FAILED: messages.c.failed_at.is_not(None),
}
STILL_HERE = update(messages).where(
    messages.c.id == bindparam("of_mail"),
    WAITING,
    or_(
        messages.c.claimed_until.is_(None),
        messages.c.claimed_until <= bindparam("now"),
    ),
)
SEND_NOW = STILL_HERE.values(next_try_at=bindparam("now"), claimed_until=None)
DROP = STILL_HERE.values(failed_at=bindparam("now"), last_error=DROPPED, **BLANK)


class NoSuchMail(IdpError):
    """A mail that does not exist, or is kept no more."""

    code = "no_such_mail"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such mail."


class MailNotWaiting(IdpError):
    """A mail that has left, was given up, or is leaving right now."""

    code = "mail_not_waiting"
    status = HTTPStatus.CONFLICT
    title = "This mail does not wait any more: what was in it is gone."


@dataclass(frozen=True)
class ListedMail:
    """One mail without what is in it; addresses are masked, those in ``error`` too.

    ``kind`` is its name in ``mail.messages``. ``next_try_at`` is None for one that is
    tried no more.
    """

    id: str
    kind: str
    recipient: str
    locale: str | None
    state: MailState
    tries: int
    created_at: datetime
    next_try_at: datetime | None
    error: str | None
    sent_at: datetime | None
    failed_at: datetime | None


NEWEST = Order((messages.c.id,), descending=True)


def list_mails(
    request: PageRequest,
    *,
    state: MailState | None = None,
    recipient: str | None = None,
) -> Page[ListedMail]:
    """Return one page of mails, the newest first; ``recipient`` is a whole address."""
    of = f"mails:{state or ''}:{recipient or ''}"
    found = select(OutboxMessage)
    if state is not None:
        found = found.where(IN_STATE[state])
    if recipient is not None:
        found = found.where(func.lower(messages.c.recipient) == recipient.lower())
    rows = db.session.scalars(seek(found, NEWEST, request=request, of=of))
    listed = [_listed(row) for row in rows]
    return page_of(listed, request, of=of, position=lambda mail: (mail.id,))


def send_mail_now(mail_id: str, *, by: str | None = None) -> None:
    """Have a mail that waits tried at once; raises NoSuchMail, MailNotWaiting."""
    before = _change(mail_id, SEND_NOW)
    audit.record("mail.resent", user_id=by, mail_id=mail_id, before=before)


def drop_mail(mail_id: str, *, by: str | None = None) -> None:
    """Give up a mail that waits: what is in it goes, and nobody gets it.

    Raises NoSuchMail, MailNotWaiting.
    """
    before = _change(mail_id, DROP)
    after = {"state": MailState.FAILED, "error": DROPPED}
    audit.record(
        "mail.dropped", user_id=by, mail_id=mail_id, before=before, after=after
    )


def masked(text: str) -> str:
    """Return what a mail server said, its addresses as logs may show them."""
    return ADDRESS.sub(lambda found: shown_email(found[0]), text)


def _change(mail_id: str, statement: Update) -> dict[str, Any]:
    """Change a mail that waits and that no worker holds; return what it was."""
    row = db.session.get(OutboxMessage, mail_id)
    if row is None:
        raise NoSuchMail
    was = _listed(row)
    if not changed_one(statement, {"of_mail": mail_id, "now": utcnow()}):
        raise MailNotWaiting
    return {
        "kind": was.kind,
        "recipient": was.recipient,
        "state": was.state,
        "tries": was.tries,
        "error": was.error,
    }


def _listed(row: OutboxMessage) -> ListedMail:
    """Return a mail as it is listed."""
    state = MailState.WAITING
    if row.sent_at is not None:
        state = MailState.SENT
    elif row.failed_at is not None:
        state = MailState.FAILED
    return ListedMail(
        id=row.id,
        kind=row.kind,
        recipient=shown_email(row.recipient),
        locale=row.locale,
        state=state,
        tries=row.tries,
        created_at=row.created_at,
        next_try_at=row.next_try_at if state is MailState.WAITING else None,
        error=masked(row.last_error) if row.last_error else None,
        sent_at=row.sent_at,
        failed_at=row.failed_at,
    )
