"""Apps that hear of a sign-out, and what they do with it.

A receiver is a real HTTP server. Logout tokens are verified as a relying party does: by
joserfc, with keys fetched over HTTP (OIDC Back-Channel Logout §2.6).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from urllib.parse import parse_qs, urlencode

from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select

from idp.core.db import db, table_of
from idp.oauth.logout import delivery as logout_delivery
from idp.oauth.models import LogoutDelivery
from tests.rp import RelyingParty
from tests.security.outbound.peers import Peer, answering, peer

LOOPBACK_OPEN = {
    "IDP_ENVIRONMENT": "development",
    "IDP_ALLOW_LOOPBACK_FETCH": "true",
}
EVENT = "http://schemas.openid.net/event/backchannel-logout"
HOME = "https://app.example/signed-out"


class Receiver:
    """One app's logout endpoint; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.peer: Peer

    def talk(self, sock: socket) -> None:
        """Answer one request."""
        answering(b"", self.status)(sock)

    @property
    def uri(self) -> str:
        """Its address, with a query of its own."""
        return f"http://127.0.0.1:{self.peer.port}/backchannel?app=1"

    @property
    def requests(self) -> list[bytes]:
        """What came in, as it was sent."""
        return self.peer.requests

    @property
    def forms(self) -> list[dict[str, list[str]]]:
        """The forms that came in."""
        return [
            parse_qs(raw.partition(b"\r\n\r\n")[2].decode()) for raw in self.requests
        ]

    @property
    def tokens(self) -> list[str]:
        """The logout tokens that came in."""
        return [form["logout_token"][0] for form in self.forms]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    made = Receiver()
    with peer(made.talk) as made.peer:
        yield made


def checked(http, token: str, client_id: str) -> dict:
    """Return a logout token's claims after the checks of §2.6, steps 2 to 8."""
    keys = KeySet.import_key_set(http.get("/.well-known/jwks.json").json)
    read = jwt.decode(token, keys, algorithms=["RS256", "ES256", "PS256"])
    assert read.header["typ"] == "logout+jwt"
    claims = read.claims
    assert claims["iss"] == "https://idp.example"
    assert claims["aud"] == client_id
    assert claims["iat"] < claims["exp"] <= claims["iat"] + 120
    assert claims["sub"] or claims["sid"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims
    assert claims["jti"]
    return claims


def deliver(app: Flask) -> int:
    """Run the job once."""
    with app.app_context():
        return logout_delivery.deliver_due()


def log_of(app: Flask) -> list[dict]:
    """Return the delivery log, the oldest first."""
    table = table_of(LogoutDelivery)
    with app.app_context():
        rows = db.session.execute(select(table).order_by(table.c.id)).all()
        return [dict(row._mapping) for row in rows]


def sign_in_at(http, make, client, *, person) -> dict:
    """Sign the browser's person in at an app; return the app's tokens."""
    make.clients.consent(person, client, "openid")
    rp = RelyingParty(http, client)
    return rp.finish(rp.reach()).tokens


def logout(http, **parameters):
    """Send the browser to the logout endpoint."""
    return http.get(f"/oauth2/logout?{urlencode(parameters)}")


def is_signed_in(http) -> bool:
    """Tell whether the browser still has a session, as an app would find out."""
    return http.get("/account").status_code == 200
