"""What users would find in their mail, and what the database holds of them."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from idp.accounts import mail_answers
from idp.accounts.models import User
from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.mail.rendering import render
from idp.security.models import AuditEvent, RefusalCount


@dataclass(frozen=True)
class Mail:
    """A message as its reader sees it."""

    kind: str
    text: str

    @property
    def link(self) -> str:
        """The link, without our origin: ready for the test client."""
        return re.search(r"^https://idp\.example(/\S*)$", self.text, re.MULTILINE)[1]

    @property
    def token(self) -> str:
        """The link's token."""
        return self.link.partition("token=")[2]

    @property
    def code(self) -> str:
        """The code beside the link."""
        return re.search(r"^ {4}(\d{6})$", self.text, re.MULTILINE)[1]


class Records:
    """What the server wrote."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def user_row(self, user_id: str) -> dict[str, object]:
        """Return what the database holds of a user."""
        with self.app.app_context():
            row = db.session.execute(
                select(User.__table__).where(User.id == user_id)
            ).one()
            return dict(row._mapping)

    def user_id_of(self, email: str) -> str | None:
        """Return the id of the account with exactly this address."""
        with self.app.app_context():
            return db.session.scalar(select(User.id).where(User.email == email))

    def mails_to(self, address: str) -> list[Mail]:
        """Return the messages to an address, the oldest first."""
        with self.app.app_context():
            mail_answers.answer_due()
            found = db.session.scalars(
                select(OutboxMessage)
                .where(OutboxMessage.recipient == address)
                .order_by(OutboxMessage.created_at, OutboxMessage.id)
            ).all()
            return [Mail(message.kind, render(message).text) for message in found]

    def mail_to(self, address: str) -> Mail:
        """Return the newest message to an address."""
        return self.mails_to(address)[-1]

    def audited(self, event: str) -> list[tuple[str, str | None]]:
        """Return outcome and user of each audit row of an event."""
        with self.app.app_context():
            rows = db.session.execute(
                select(AuditEvent.outcome, AuditEvent.user_id)
                .where(AuditEvent.event == event)
                .order_by(AuditEvent.id)
            )
            return [tuple(row) for row in rows]

    def counted(self, event: str) -> int:
        """Return how often strangers were refused so."""
        with self.app.app_context():
            found = select(func.sum(RefusalCount.count))
            return db.session.scalar(found.where(RefusalCount.event == event)) or 0

    def audited_details(self, event: str) -> list[dict[str, Any]]:
        """Return what each audit row of an event says besides, the oldest first."""
        with self.app.app_context():
            found = select(AuditEvent.detail).where(AuditEvent.event == event)
            return list(db.session.scalars(found.order_by(AuditEvent.id)))
