"""Another issuer than ours, by hand, which also refreshes, revokes and rotates."""

import json
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.federation.peers import CLIENT_ID, SECRET, Given, Peer

ISSUER = "https://peer.example"


@dataclass
class RefreshingPeer(Peer):
    """A provider whose refresh tokens are good for one use.

    ``refreshes`` are the forms of the refreshes it was asked for; while ``closed`` it
    answers none but with 503. With ``renewed`` claims a refresh brings an ID token.
    """

    url: str = ISSUER
    live: dict[str, Given] = field(default_factory=dict)
    refreshes: list[dict[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    renewed: dict[str, object] | None = None
    lifetime_seconds: int = 300
    closed: bool = False

    def discovery(self) -> dict[str, object]:
        """What it says of itself: it revokes, too."""
        return {"revocation_endpoint": f"{self.url}/revoke", **super().discovery()}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, object]:
        """Exchange codes as ever, and refresh tokens once."""
        given = self.codes.get(form.get("code", ""))
        if form["grant_type"] == "refresh_token":
            self.refreshes.append(form)
            given = self.live.pop(form["refresh_token"], None)
            if given is None or not self._is_client(form, authorization):
                return {"error": "invalid_grant"}
            answer: dict[str, object] = {
                "access_token": secrets.token_urlsafe(16),
                "token_type": "Bearer",
            }
            if self.renewed is not None:
                again = Given(given.asked, given.claims | self.renewed)
                answer["id_token"] = self.id_token(again, str(answer["access_token"]))
        else:
            answer = super().token(form, authorization)
        if given and "error" not in answer:
            refresh_token = secrets.token_urlsafe(16)
            self.live[refresh_token] = given
            answer |= {
                "refresh_token": refresh_token,
                "expires_in": self.lifetime_seconds,
            }
        return answer

    def end(self) -> None:
        """End what it granted."""
        self.live.clear()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, with a cookie: no client that many users share keeps it."""
        assert "cookie" not in request.headers
        answer = self.answer(request)
        answer.headers["Set-Cookie"] = "of=one-user"
        return answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        path = urlsplit(str(request.url)).path
        self.paths.append(path)
        if self.closed:
            return httpx.Response(503)
        if request.method == "POST":
            form = dict(parse_qsl(request.read().decode()))
            if path == "/revoke":
                self.revoked.append(form["token"])
                self.live.pop(form["token"], None)
                return httpx.Response(200)
            found = self.token(form, request.headers.get("authorization", ""))
            return httpx.Response(400 if "error" in found else 200, json=found)
        answers = {
            "/.well-known/openid-configuration": self.discovery(),
            "/jwks": {"keys": [key.as_dict(private=False) for key in self.keys]},
            "/userinfo": self.told(),
        }
        return httpx.Response(200, content=json.dumps(answers[path]))


AT_PEER = {"issuer": ISSUER, "client_id": CLIENT_ID, "client_secret": SECRET}
