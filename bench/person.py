"""One user with a browser, and the client that this user signs in at."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bench.forms import first_form
from bench.http import Operation, Reply, Visitor, basic
from bench.site import (
    AUTHORIZATION_REQUEST,
    CLIENT_ID,
    CLIENT_SECRET,
    MACHINE_SCOPE,
    REDIRECT_URI,
    VERIFIER,
    Site,
)

PASSWORD = "a long walk along the river"
MOST_STEPS = 12


@dataclass
class Person:
    """Runs the operations of one connection and keeps what they hand out."""

    site: Site
    browser: Visitor
    email: str
    refresh_token: str = ""
    access_token: str = ""
    id_token: str = ""
    client_token: str = ""

    def enter(self) -> Operation:
        """Sign in at the client and consent, whatever pages the server puts between.

        Later authorization requests of this browser are answered at once.
        """
        reply = yield self.authorization_request()
        for _ in range(MOST_STEPS):
            self.browser.keep_cookies(reply)
            if reply.location.startswith(REDIRECT_URI):
                code_of(reply)
                return
            reply = yield self.next_step(reply)
        raise RuntimeError(f"still not back at the client: {reply.head!r}")

    def next_step(self, reply: Reply) -> bytes:
        """Return the request that follows a redirect or answers a form."""
        if reply.location:
            parts = urlsplit(reply.location)
            return self.browser.get(parts._replace(scheme="", netloc="").geturl())
        form = first_form(reply.expect(200).body)
        answers = {
            "username": self.email,
            "password": PASSWORD,
            "decision": "allow",
        }
        return self.post(form.action, form.filled(answers))

    def sign_in(self) -> Operation:
        """Open the sign-in page in a browser that was never here and send its form."""
        self.browser.cookies = {}
        page = (yield self.browser.get("/login")).expect(200)
        self.browser.keep_cookies(page)
        form = first_form(page.body)
        answers = {"username": self.email, "password": PASSWORD}
        answer = yield self.post(form.action, form.filled(answers))
        self.browser.keep_cookies(answer.expect(302, 303))

    def authorize(self) -> Operation:
        """Run the authorization code flow with PKCE and keep the tokens."""
        reply = (yield self.authorization_request()).expect(302, 303)
        self.browser.keep_cookies(reply)
        form = {
            "grant_type": "authorization_code",
            "code": code_of(reply),
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
        answer = self.keep_tokens((yield self.site.token_request(form)))
        self.id_token = answer["id_token"]

    def client_credentials(self) -> Operation:
        """Get an access token for the client itself."""
        form = {"grant_type": "client_credentials", "scope": MACHINE_SCOPE}
        reply = (yield self.site.token_request(form)).expect(200)
        self.client_token = json.loads(reply.body)["access_token"]

    def refresh(self) -> Operation:
        """Spend the refresh token for the next one."""
        spent = self.refresh_token
        form = {"grant_type": "refresh_token", "refresh_token": spent}
        self.keep_tokens((yield self.site.token_request(form)))
        assert self.refresh_token != spent, "refresh tokens do not rotate"

    def userinfo(self) -> Operation:
        """Read the claims that the access token opens."""
        bearer = {"Authorization": f"Bearer {self.access_token}"}
        reply = (yield self.site.app.get(self.site.userinfo, bearer)).expect(200)
        assert b'"email"' in reply.body

    def introspect(self) -> Operation:
        """Ask what the access token is worth."""
        client = basic(CLIENT_ID, CLIENT_SECRET)
        form = {"token": self.access_token}
        asked = self.site.app.post(self.site.introspection, form, headers=client)
        reply = (yield asked).expect(200)
        assert b'"active":true' in reply.body.replace(b" ", b"")

    def authorization_request(self) -> bytes:
        """Return the browser's request to the authorization endpoint."""
        return self.browser.get(f"{self.site.authorization}?{AUTHORIZATION_REQUEST}")

    def post(self, path: str, form: dict[str, str]) -> bytes:
        """Return the request that sends a form of a page."""
        origin = {"Origin": f"http://{self.site.host}"}
        return self.browser.post(path, form, headers=origin)

    def keep_tokens(self, reply: Reply) -> dict[str, str]:
        """Take the tokens of a successful answer and return all of it."""
        answer: dict[str, str] = json.loads(reply.expect(200).body)
        self.access_token = answer["access_token"]
        self.refresh_token = answer["refresh_token"]
        return answer


def code_of(reply: Reply) -> str:
    """Return the authorization code of a redirect back to the client."""
    return parse_qs(urlsplit(reply.location).query)["code"][0]
