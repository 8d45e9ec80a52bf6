"""Factories of browsers that are signed in, and of what their people allowed."""

from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import select

from idp.accounts.models import BrowserSession
from idp.core.db import db
from idp.core.randomness import digest
from idp.oauth.authorization import consents
from idp.oauth.models import Client
from tests.make_accounts import MadeAccount
from tests.make_oauth import MadeClient, MakeOAuth


@dataclass(frozen=True)
class SignedInBrowser:
    """Who is signed in, in which session."""

    person: MadeAccount
    user_id: str
    session_id: str


class MakeBrowsers(MakeOAuth):
    """Sessions with their cookies, and consents."""

    def sign_in(
        self,
        http: FlaskClient,
        *,
        person: MadeAccount | None = None,
        remember: bool = False,
        **declared,
    ) -> SignedInBrowser:
        """Give this browser a session of a person, who proved it just now."""
        person = person or self.account(**declared)
        token = self.session(person, remember=remember)
        http.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
        with self.app.app_context():
            mine = BrowserSession.token_digest == digest(token)
            session_id = db.session.scalars(select(BrowserSession.id).where(mine)).one()
        return SignedInBrowser(person, person.id, session_id)

    def own_app(self, *, scope: str) -> MadeClient:
        """Register an app of the operator's own, which asks for no consent."""
        made = self.spa(scope=scope)
        with self.app.app_context():
            db.session.get_one(Client, made.client_id).first_party = True
            db.session.commit()
        return made

    def consent(self, person: MadeAccount, client: MadeClient, scope: str) -> None:
        """Remember that a person allowed a client ``scope`` in the past."""
        with self.app.app_context():
            consents.remember(
                user_id=person.id, client_id=client.client_id, scope=scope
            )
            db.session.commit()
