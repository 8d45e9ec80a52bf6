"""The outbox: a mail is a row of the transaction that caused it, and leaves later.

The row is data. What is read by the user is rendered by the worker, so that no
transaction waits for templates.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select

from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.languages import Languages
from idp.core.randomness import new_id
from idp.core.sealing import Keyring
from idp.mail.messages import MESSAGES, MessageName
from idp.mail.models import OutboxMessage
from idp.mail.values import MessageValues, seal_values

LINK_LINE = re.compile(r"^https?://\S+$", re.MULTILINE)
CODE_LINE = re.compile(r"^ {4}([0-9]+)$", re.MULTILINE)

ADD = insert(table_of(OutboxMessage))


def send(
    name: MessageName,
    *,
    to: str,
    locales: Sequence[str | None],
    link: str,
    code: str | None = None,
    expires_at: datetime | None = None,
    display_name: str | None = None,
    requester: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    return_to: str = "",
) -> None:
    """Add a mail to the caller's transaction; a worker sends it after the commit.

    ``to`` is the stored address of a user, never one that was just typed. The language
    is the first of ``locales`` that we have; the app that waits at ``return_to`` is
    named. Raises TypeError for values that ``messages.MESSAGES`` does not give it.
    """
    given = (code is not None, expires_at is not None, requester is not None)
    message = MESSAGES[name]
    asked_with, spoken_of = dict(requester or {}), dict(names or {})
    wanted = (message.code, message.expires, message.requester)
    if given != wanted or set(spoken_of) != set(message.names):
        raise TypeError(f"these are not the values of {name}")
    mail_id = new_id()
    values = MessageValues(
        link, code, expires_at, display_name, asked_with, spoken_of, return_to
    )
    row = {
        "id": mail_id,
        "kind": name,
        "recipient": to,
        "locale": current(Languages).first_of(*locales),
        "values_sealed": seal_values(values, mail_id=mail_id, keyring=current(Keyring)),
    }
    connection().execute(ADD, row)


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
