"""Letters in the outbox, and what became of them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.mail.delivery import deliver_due
from idp.mail.messages import verify_email
from idp.mail.models import OutboxMessage
from idp.mail.outbox import enqueue
from tests.mail.links import LINK


@dataclass
class Post:
    """The mail side of one app; every call has a context of its own."""

    app: Flask

    def put(self, recipient: str = "ada@example.com", **changes: str) -> None:
        """Write a confirmation mail into the outbox and commit."""
        with self.app.app_context():
            message = verify_email(
                **{
                    "link": LINK,
                    "code": "123456",
                    "expires_at": utcnow() + timedelta(hours=24),
                    **changes,
                }
            )
            enqueue(recipient, message)
            db.session.commit()

    def deliver(self, limit: int = 20) -> int:
        """Run the delivery once, as the worker does."""
        with self.app.app_context():
            return deliver_due(limit)

    def rows(self) -> list[OutboxMessage]:
        """Return all rows, oldest first, detached."""
        with self.app.app_context():
            found = db.session.scalars(
                select(OutboxMessage).order_by(OutboxMessage.id)
            ).all()
            db.session.expunge_all()
            return list(found)

    def row(self) -> OutboxMessage:
        """Return the only row."""
        (only,) = self.rows()
        return only


@pytest.fixture
def post(app: Flask) -> Post:
    return Post(app)
