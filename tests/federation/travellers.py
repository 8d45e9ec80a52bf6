"""People who go to a provider with their browser, and come back."""

from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp.core.db import db
from idp.federation.models import LinkedIdentity
from tests.browsing import Browser
from tests.federation.peers import Peer

CALLBACK = "/oauth2/callback/acme"


def subjects_of(app: Flask, user_id: str) -> list[str]:
    """Return the identities that are linked to a user."""
    with app.app_context():
        own = LinkedIdentity.user_id == user_id
        return list(db.session.scalars(select(LinkedIdentity.subject).where(own)))


class Traveller:
    """A browser that goes to the provider, and comes back."""

    def __init__(self, browser: Browser, peer: Peer) -> None:
        self.browser = browser
        self.peer = peer

    def leave(self, return_to: str = "") -> str:
        """Press the provider's button; return where the browser is sent."""
        self.browser.open(f"/login?{urlencode({'return_to': return_to})}")
        answer = self.browser.send("/login/provider", provider="acme")
        assert answer.status_code == 303, answer.text
        return answer.location

    def sign_in(self, return_to: str = "", **claims: object) -> TestResponse:
        """Sign in there, and follow the way back."""
        return self.come_back(self.peer.approve(self.leave(return_to), **claims))

    def come_back(self, fields: dict[str, str]) -> TestResponse:
        """Follow the provider's answer."""
        return self.browser.open(f"{CALLBACK}?{urlencode(fields)}")

    def forget_session(self) -> None:
        """Lose the session's cookie."""
        self.browser.http.delete_cookie("__Host-idp", domain="idp.example")

    @property
    def at(self) -> str:
        """The path of the page that is open."""
        return urlsplit(self.browser.response.request.url).path

    @property
    def signed_in(self) -> bool:
        """Tell whether the browser is signed in."""
        return self.browser.http.get("/auth/me").status_code == 200
