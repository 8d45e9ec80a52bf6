"""Factories of browsers that are signed in, and of what their people allowed."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask.testing import FlaskClient

from idp.accounts.models import BrowserSession, User
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest, new_token
from idp.oauth import consents
from idp.oauth.models import Client
from tests.make_oauth import MadeClient, MakeOAuth


@dataclass(frozen=True)
class SignedInBrowser:
    """Who is signed in, in which session."""

    user_id: str
    session_id: str
    email: str


class MakeBrowsers(MakeOAuth):
    """Sessions with their cookies, and consents."""

    def person(self, *, verified: bool = True, **profile) -> str:
        """Store a user; return the id."""
        with self.app.app_context():
            address = profile.pop("email", f"{secrets.token_hex(4)}@example.com")
            at = utcnow() if verified else None
            user = User(
                email=address, email_key=address, email_verified_at=at, **profile
            )
            db.session.add(user)
            db.session.commit()
            return user.id

    def sign_in(
        self, http: FlaskClient, *, user_id: str | None = None, **profile
    ) -> SignedInBrowser:
        """Give this browser a session of one person, who proved it just now."""
        user_id = user_id or self.person(**profile)
        token, now = new_token(), utcnow()
        with self.app.app_context():
            user = db.session.get_one(User, user_id)
            session = BrowserSession(
                token_digest=digest(token),
                user_id=user_id,
                auth_time=now,
                amr=["pwd"],
                idle_expires_at=now + timedelta(days=2),
                expires_at=now + timedelta(days=2),
            )
            db.session.add(session)
            db.session.commit()
            made = SignedInBrowser(user_id, session.id, user.email)
        http.set_cookie(
            "__Host-idp",
            token,
            domain="idp.example",
            secure=True,
            httponly=True,
            samesite="Lax",
        )
        return made

    def own_app(self, *, scope: str) -> MadeClient:
        """Register an app of the operator's own, which asks for no consent."""
        made = self.spa(scope=scope)
        with self.app.app_context():
            db.session.get_one(Client, made.client_id).first_party = True
            db.session.commit()
        return made

    def consent(self, user_id: str, client: MadeClient, scope: str) -> None:
        """Remember that a person allowed a client ``scope`` in the past."""
        with self.app.app_context():
            consents.remember(
                user_id=user_id, client_id=client.client_id, scope=scope
            )
            db.session.commit()
