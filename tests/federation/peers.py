"""Providers to sign in with, on loopback: small, scripted, and careful as real ones.

The browser's visit there is a call: ``approve`` takes the URL that it was sent to, and
returns what it brings back.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from idp.core.clock import unix, utcnow

CLIENT_ID = "idp-at-peer"
SECRET = "a secret: with + and %"


def new_key(kid: str) -> ECKey:
    """Return a key to sign with."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Given:
    """A code that was given, and what it is for."""

    asked: dict[str, str]
    claims: dict[str, object]


@dataclass
class Peer:
    """A provider. Tests change what it does; ``seen`` are the forms it was sent."""

    url: str = ""
    keys: list[ECKey] = field(default_factory=lambda: [new_key("first")])
    documents: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    codes: dict[str, Given] = field(default_factory=dict)
    userinfo: dict[str, object] = field(default_factory=dict)
    emails: list[dict[str, object]] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    claims: dict[str, object] = field(default_factory=dict)
    openid: bool = True
    forgetful: bool = False
    subject: object = None
    status: int = 200
    signing_key: ECKey | None = None

    @property
    def issuer(self) -> str:
        """Its name."""
        return self.url

    def discovery(self) -> dict[str, object]:
        """What it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            **self.documents,
        }

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is published no more."""
        self.keys = [new_key(f"after-{len(self.paths)}")]

    def approve(self, url: str, **claims: object) -> dict[str, str]:
        """Sign in the user of a browser; return the fields of the answer."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{self.url}/authorize?")
        assert asked["client_id"] == CLIENT_ID
        code = secrets.token_urlsafe(16)
        self.codes[code] = Given(asked, claims)
        answer = {"code": code, "state": asked["state"]}
        says = "authorization_response_iss_parameter_supported"
        return answer | ({"iss": self.issuer} if self.documents.get(says) else {})

    def refuse(self, url: str, error: str = "access_denied") -> dict[str, str]:
        """Answer with an error."""
        asked = dict(parse_qsl(urlsplit(url).query))
        return {"error": error, "state": asked["state"]}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, object]:
        """Exchange a code once, for the client that has its verifier."""
        self.seen.append(form)
        given = self.codes.get(form.get("code", ""))
        if not self.forgetful:
            self.codes.pop(form.get("code", ""), None)
        if given is None or not self._proves(given, form, authorization):
            return {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(16)
        answer: dict[str, object] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "refresh_token": "of-the-peer",
        }
        if self.openid:
            answer["id_token"] = self.id_token(given, access_token)
        return answer

    def id_token(self, given: Given, access_token: str) -> str:
        """Sign what it says of its user; a claim that is None is left out."""
        now = unix(utcnow())
        claims = {
            "iss": self.issuer,
            "sub": "upstream-ada",
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": given.asked.get("nonce"),
            "at_hash": base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
            **given.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        self.subject = kept.get("sub")
        key = self.signing_key or self.keys[0]
        header = {"alg": "ES256", "kid": self.keys[0].kid, **self.header}
        return jwt.encode(header, kept, key)

    def told(self) -> dict[str, object]:
        """What it says at UserInfo."""
        return ({"sub": self.subject} if self.openid else {}) | self.userinfo

    def logout_token(self, **changed: object) -> str:
        """Sign a notice that a session has ended (Back-Channel Logout 1.0 §2.4)."""
        event = "http://schemas.openid.net/event/backchannel-logout"
        now = unix(utcnow())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "upstream-ada",
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(8),
            "events": {event: {}},
            **changed,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "ES256", "kid": self.keys[0].kid, "typ": "logout+jwt"}
        return jwt.encode(header | self.header, kept, self.signing_key or self.keys[0])

    def _proves(self, given: Given, form: dict[str, str], authorization: str) -> bool:
        """Check the client, its verifier and its redirect URI."""
        verifier = form.get("code_verifier", "")
        made = base64url(hashlib.sha256(verifier.encode()).digest())
        same = form.get("redirect_uri") == given.asked["redirect_uri"]
        return (
            same
            and made == given.asked["code_challenge"]
            and self._is_client(form, authorization)
        )

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        """Check the client's secret, by header or form; a signature is for tests."""
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            name, _, secret = pair.partition(":")
            return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, SECRET)
        signed = "client_assertion" in form
        return form.get("client_id") == CLIENT_ID and (
            signed or form.get("client_secret") == SECRET
        )


class _Handler(BaseHTTPRequestHandler):
    """Answers for the peer of its server."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        peer.paths.append(path)
        if path == "/authorize":
            self.send_back(peer)
            return
        public = [key.as_dict(private=False) for key in peer.keys]
        answers = {
            "/.well-known/openid-configuration": peer.discovery(),
            "/jwks": {"keys": public},
            "/userinfo": peer.told(),
            "/emails": peer.emails,
        }
        self.answer(answers.get(path, {}), peer.status)

    def send_back(self, peer: Peer) -> None:
        """Sign in whoever comes, with ``claims``, as browsers need it."""
        url = f"{peer.url}{self.path}"
        answer = urlencode(peer.approve(url, **peer.claims))
        asked = dict(parse_qsl(urlsplit(url).query))
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{answer}")
        self.end_headers()

    def do_POST(self) -> None:
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        found = peer.token(form, self.headers.get("Authorization", ""))
        self.answer(found, 400 if "error" in found else peer.status)

    def answer(self, content: object, status: int) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def provider_at_peer(**changed: object) -> Iterator[Peer]:
    """Run a provider on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    peer = Peer(f"http://127.0.0.1:{server.server_port}", **changed)  # type: ignore[arg-type]
    server.peer = peer  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
