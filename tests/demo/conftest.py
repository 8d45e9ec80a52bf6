"""A small issuer on its own port, and the demo app in front of it.

The demo app is a client of any issuer, so here it talks to one that shares no code
with the server: it signs everybody in at once and keeps the rules of RFC 6749 and 7636.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from idp.demo.app import DemoConfig, create_demo_app

SECRETS = {"demo-web": "web secret/1", "demo-spa": None}


@dataclass
class Issuer:
    """What the small issuer knows; tests bend it through the ``extra_`` fields."""

    url: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key(auto_kid=True))
    extra_metadata: dict = field(default_factory=dict)
    extra_answer: dict = field(default_factory=dict)
    extra_claims: dict = field(default_factory=dict)
    codes: dict = field(default_factory=dict)
    refresh_tokens: dict = field(default_factory=dict)
    access_tokens: dict = field(default_factory=dict)
    sub: str = "ada"

    def metadata(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "authorization_response_iss_parameter_supported": True,
            **self.extra_metadata,
        }

    def authorize(self, query):
        """The redirect back, with a code or an error."""
        answer = {"state": query["state"], "iss": self.url}
        if "code_challenge" in query:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = query
        else:
            answer["error"] = "invalid_request"
            answer["error_description"] = "code_challenge is missing"
        return f"{query['redirect_uri']}?{urlencode({**answer, **self.extra_answer})}"

    def token(self, client_id, form):
        if form["grant_type"] == "refresh_token":
            grant = self.refresh_tokens.pop(form["refresh_token"], None)
        else:
            grant = self.codes.pop(form["code"], None)
            if grant and challenge(form["code_verifier"]) != grant["code_challenge"]:
                grant = None
        if grant is None or grant["client_id"] != client_id:
            return 400, {"error": "invalid_grant", "error_description": "No such grant"}
        return 200, self.tokens(grant)

    def tokens(self, grant):
        access_token, refresh_token = secrets.token_hex(20), secrets.token_hex(20)
        self.access_tokens[access_token] = grant
        self.refresh_tokens[refresh_token] = grant
        return {
            "access_token": access_token,
            "refresh_token": refresh_token,
            "id_token": self.id_token(grant["client_id"], grant.get("nonce")),
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": grant["scope"],
        }

    def id_token(self, client_id, nonce):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.sub,
            "aud": client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.extra_claims,
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def jwks(self):
        return KeySet([self.key]).as_dict(private=False)


def challenge(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class IssuerHandler(BaseHTTPRequestHandler):
    """HTTP in front of ``Issuer``, with CORS for the browser's client."""

    def do_GET(self):
        issuer, parts = self.server.issuer, urlsplit(self.path)
        if parts.path == "/authorize":
            self.answer(302, None, issuer.authorize(dict(parse_qsl(parts.query))))
        elif parts.path == "/userinfo":
            known = self.bearer() in issuer.access_tokens
            self.answer(*(200, {"sub": issuer.sub}) if known else (401, {}))
        elif parts.path == "/jwks":
            self.answer(200, issuer.jwks())
        elif parts.path == "/.well-known/openid-configuration":
            self.answer(200, issuer.metadata())
        else:
            self.answer(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        self.answer(*self.server.issuer.token(self.client(form), form))

    def do_OPTIONS(self):
        self.answer(200, {})

    def client(self, form):
        header = self.headers.get("Authorization", "")
        if not header.startswith("Basic "):
            return form["client_id"] if form["client_id"] == "demo-spa" else None
        decoded = base64.b64decode(header.removeprefix("Basic ")).decode()
        client_id, secret = dict(parse_qsl(f"x={decoded.replace(':', '&y=')}")).values()
        return client_id if SECRETS[client_id] == secret else None

    def bearer(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def answer(self, status, body, location=None):
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "Authorization")
        self.send_header("Content-Type", "application/json")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args):
        """Stay silent."""


@pytest.fixture
def issuer():
    with ThreadingHTTPServer(("127.0.0.1", 0), IssuerHandler) as server:
        server.issuer = Issuer(url=f"http://localhost:{server.server_port}")
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield server.issuer
        server.shutdown()


@pytest.fixture
def config(issuer):
    return DemoConfig(
        issuer=issuer.url,
        base_url="http://localhost",
        web_client_secret=SECRETS["demo-web"],
        cookie_secret="signs the demo cookie",
    )


@pytest.fixture
def app(config):
    return create_demo_app(config)


@pytest.fixture
def browser(app):
    return Browser(app.test_client())


@dataclass
class Browser:
    """A browser without JavaScript: the demo app's client, plus redirects abroad."""

    client: object

    def get(self, path):
        return self.client.get(path)

    def press(self, path, **fields):
        return self.client.post(path, data=fields)

    def abroad(self, response):
        """Follow a redirect to the issuer; return where it sends the browser back."""
        target = urlsplit(response.location)
        connection = HTTPConnection(target.hostname, target.port, timeout=10)
        connection.request("GET", f"{target.path}?{target.query}")
        location = connection.getresponse().getheader("Location")
        connection.close()
        return location.removeprefix("http://localhost")

    def sign_in(self, button="/web/sign-in", **fields):
        """Go to the issuer and come back; the answer is the callback's."""
        return self.get(self.abroad(self.press(button, **fields)))
