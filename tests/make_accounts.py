"""Factories of accounts, and the mail that people would find."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from idp.accounts import mail_answers
from idp.accounts.models import User
from idp.accounts.registration.sign_up import create_user
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.start import (
    SessionRequest,
    StartedSession,
    start_session,
)
from idp.accounts.sign_in import links as sign_in_links
from idp.accounts.users import get_user
from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.security.models import AuditEvent
from idp.security.requester import Requester

PASSWORD = "nine quiet otters by the lake"


@dataclass(frozen=True)
class MadeAccount:
    """A user, and what they would type to sign in."""

    id: str
    email: str
    username: str
    password: str


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


class MakeAccounts:
    """People, their sessions and their mail."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def account(
        self,
        email: str | None = None,
        *,
        password: str = PASSWORD,
        email_verified: bool = True,
        status: str = "active",
        **declared,
    ) -> MadeAccount:
        """Store a user; the address is confirmed unless said otherwise."""
        name = secrets.token_hex(4)
        email = email or f"{name}@example.com"
        username = declared.pop("username", f"user-{name}")
        with self.app.app_context():
            user = create_user(
                email=email,
                username=username,
                password=password,
                email_verified=email_verified,
                **declared,
            )
            user.status = status
            db.session.commit()
            return MadeAccount(user.id, email, username, password)

    def session(self, account: MadeAccount, *, remember: bool = False) -> str:
        """Sign a person in somewhere; return the cookie's token."""
        with self.app.app_context():
            session = self._start(account, remember=remember)
            db.session.commit()
            return session.token

    @contextmanager
    def session_elsewhere(self, account: MadeAccount) -> Iterator[tuple[str, str]]:
        """Sign a person in for a while; yield who they are and the session's id."""
        with self.app.app_context():
            session = self._start(account)
            db.session.commit()
        yield account.id, session.id
        with self.app.app_context():
            end_session(session.id)
            db.session.commit()

    def _start(self, account: MadeAccount, *, remember: bool = False) -> StartedSession:
        """Begin a session as a sign-in with a password does."""
        user = SessionUser.of(get_user(account.id))
        request = SessionRequest(Requester(), remember=remember)
        return start_session(user, amr=["pwd"], request=request)

    def set_status(self, account: MadeAccount, status: str) -> None:
        """Set what only an operator could."""
        with self.app.app_context():
            get_user(account.id).status = status
            db.session.commit()

    def sign_in_link(self, account: MadeAccount) -> str:
        """Make a link that signs in once; return it without our origin."""
        with self.app.app_context():
            link = sign_in_links.issue_link(get_user(account.id))
            db.session.commit()
            return link.url.removeprefix("https://idp.example")

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
            return [Mail(message.kind, message.text) for message in found]

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
