"""Mails in the outbox, and what became of them."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from idp.core.db import db
from idp.mail import outbox
from idp.mail.delivery import deliver_due
from idp.mail.models import OutboxMessage
from idp.mail.rendering import render
from idp.mail.transports import OutgoingMessage
from tests.mail.values import values_of

Write = Callable[..., OutgoingMessage]


@dataclass
class Post:
    """The mail side of one app; every call has a context of its own."""

    app: Flask
    tick: Callable[..., None]

    def put(
        self, recipient: str = "ada@example.com", name: str = "verify_email", **changes
    ) -> None:
        """Write a mail into the outbox and commit, a moment after the one before."""
        self.tick(milliseconds=1)
        with self.app.app_context():
            outbox.send(name, to=recipient, **values_of(name, **changes))
            db.session.commit()

    def deliver(self, limit: int = 20) -> int:
        """Run the delivery once, as the worker does."""
        with self.app.app_context():
            return deliver_due(limit)

    def rows(self) -> list[OutboxMessage]:
        """Return all rows, oldest first, detached."""
        with self.app.app_context():
            found = db.session.scalars(
                select(OutboxMessage).order_by(OutboxMessage.created_at)
            ).all()
            db.session.expunge_all()
            return list(found)

    def row(self) -> OutboxMessage:
        """Return the only row."""
        (only,) = self.rows()
        return only

    def rendered(self) -> OutgoingMessage:
        """Return the newest mail as it is read."""
        with self.app.app_context():
            return render(self.rows()[-1])


@pytest.fixture
def post(app: Flask, clock) -> Post:
    return Post(app, clock.tick)


@pytest.fixture
def write(post: Post) -> Write:
    """Puts one message into the outbox; returns it as it is read."""

    def written(name: str, **changes) -> OutgoingMessage:
        post.put(name=name, **changes)
        return post.rendered()

    return written
