"""Factories of sessions, with their cookies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import (
    SessionRequest,
    StartedSession,
    start_session,
)
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest
from idp.security.requester import Requester
from tests.make_users import MadeAccount, MakeUsers


@dataclass(frozen=True)
class SignedInBrowser:
    """Who is signed in, in which session."""

    person: MadeAccount
    user_id: str
    session_id: str


class MakeBrowsers:
    """Browsers that are signed in."""

    def __init__(self, app: Flask, users: MakeUsers) -> None:
        self.app = app
        self._users = users

    def sign_in(
        self,
        http: FlaskClient,
        *,
        person: MadeAccount | None = None,
        remember: bool = False,
        by: str = "password",
        **declared,
    ) -> SignedInBrowser:
        """Give this browser a session of a person, who proved it just now.

        ``by`` names the methods, "provider:corp" one's word; a passkey was unlocked.
        """
        person = person or self._users.account(**declared)
        token = self.session(person, remember=remember, by=by)
        http.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
        with self.app.app_context():
            mine = BrowserSession.token_digest == digest(token)
            session_id = db.session.scalars(select(BrowserSession.id).where(mine)).one()
        return SignedInBrowser(person, person.id, session_id)

    def further(
        self, http: FlaskClient, *people: MadeAccount, remember: bool = False
    ) -> list[str]:
        """Let this browser have these accounts as well; return their tokens."""
        tokens = [self.session(person, remember=remember) for person in people]
        http.set_cookie(
            "__Host-idp-more", ".".join(tokens), domain="idp.example", secure=True
        )
        return tokens

    def session(
        self, account: MadeAccount, *, remember: bool = False, by: str = "password"
    ) -> str:
        """Sign a person in somewhere; return the cookie's token."""
        with self.app.app_context():
            session = self._start(account, remember=remember, by=by)
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

    def _start(
        self, account: MadeAccount, *, remember: bool = False, by: str = "password"
    ) -> StartedSession:
        """Begin a session as a sign-in does."""
        user = SessionUser.of(get_user(account.id))
        request = SessionRequest(Requester(), remember=remember)
        proofs = tuple(map(_proof, by.split()))
        return start_session(user, proofs=proofs, request=request)


def _proof(name: str) -> Proof:
    """Return a proof by the name of its method."""
    method, _, provider = name.partition(":")
    return Proof(
        Method(method),
        utcnow(),
        user_verified=method == Method.PASSKEY,
        provider=provider or None,
    )
