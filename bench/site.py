"""What the load generator knows of a server: its endpoints and its registered client.

Everything comes from the discovery document, so the same operations run against any
OpenID Provider.
"""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from bench.http import Visitor, basic

DISCOVERY = "/.well-known/openid-configuration"
CLIENT_ID = "bench"
CLIENT_SECRET = "a-secret-of-the-load-generator-and-nobody-else"
REDIRECT_URI = "http://127.0.0.1:9/callback"
SCOPE = "openid profile email offline_access"
MACHINE_SCOPE = "notes.read"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

AUTHORIZATION_REQUEST = urlencode(
    {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "scope": SCOPE,
        "state": "state-of-the-load-generator",
        "nonce": "nonce-of-the-load-generator",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
)


@dataclass(frozen=True)
class Site:
    """One server's paths."""

    host: str
    authorization: str
    token: str
    userinfo: str
    introspection: str
    jwks: str

    @property
    def app(self) -> Visitor:
        """The client's own connection carries no cookies."""
        return Visitor(self.host)

    def token_request(self, form: dict[str, str]) -> bytes:
        """Return a request of the client to the token endpoint."""
        client = basic(CLIENT_ID, CLIENT_SECRET)
        return self.app.post(self.token, form, headers=client)


def discover(port: int) -> Site:
    """Read the paths of the server on a port."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", DISCOVERY)
    found = json.loads(connection.getresponse().read())
    connection.close()

    def path(name: str) -> str:
        return urlsplit(found[name]).path

    return Site(
        host=f"127.0.0.1:{port}",
        authorization=path("authorization_endpoint"),
        token=path("token_endpoint"),
        userinfo=path("userinfo_endpoint"),
        introspection=path("introspection_endpoint"),
        jwks=path("jwks_uri"),
    )
