"""The outbox: mail is a row of the transaction that caused it, and leaves later."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from idp.core.db import db
from idp.mail.messages import Message
from idp.mail.models import OutboxMessage

LINK_LINE = re.compile(r"^https?://\S+$", re.MULTILINE)
CODE_LINE = re.compile(r"^ {4}([0-9]+)$", re.MULTILINE)


def enqueue(recipient: str, message: Message) -> None:
    """Add ``message`` to the caller's transaction; a worker sends it after the commit.

    ``recipient`` is the stored address of a person, never one that was just typed.
    """
    db.session.add(
        OutboxMessage(
            kind=message.kind,
            recipient=recipient,
            subject=message.subject,
            text=message.text,
            html=message.html,
        )
    )


def list_newest(limit: int) -> Sequence[OutboxMessage]:
    """Return the newest messages first, sent or not."""
    newest = OutboxMessage.created_at.desc()
    statement = select(OutboxMessage).order_by(newest, OutboxMessage.id.desc())
    return db.session.scalars(statement.limit(limit)).all()


def find_message(message_id: str) -> OutboxMessage | None:
    """Return one message, or None."""
    return db.session.get(OutboxMessage, message_id)


def find_action(text: str) -> tuple[str | None, str | None]:
    """Return the link and the code of a text part, as mail/layout.txt sets them."""
    link, code = LINK_LINE.search(text), CODE_LINE.search(text)
    return link and link[0], code and code[1]
