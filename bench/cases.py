"""What is measured: each case makes one operation for one connection of the load."""

import json
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.http import Operation, Reply, Start, Visitor, basic

CLIENT_ID = "bench"
CLIENT_SECRET = "a-secret-of-the-load-generator-and-nobody-else"
REDIRECT_URI = "http://127.0.0.1:9/callback"
PASSWORD = "a long walk along the river"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
CSRF_TOKEN = re.compile(rb'name="csrf_token"[^>]*?value="([^"]+)"')

SEED_CLIENT = f"""
[[clients]]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
client_name = "Load generator"
redirect_uris = ["{REDIRECT_URI}"]
grant_types = ["authorization_code", "refresh_token", "client_credentials"]
token_endpoint_auth_method = "client_secret_basic"
id_token_signed_response_alg = "ES256"
scope = "openid profile email offline_access notes.read"
first_party = true
"""
SEED_USER = """
[[users]]
email = "{email}"
password = "{password}"
email_verified = true
name = "Ada Lovelace"
"""


def email_of(number: int) -> str:
    """Return the address of one of the seeded people."""
    return f"user{number}@example.com"


def seed(people: int) -> str:
    """Return a seed file with one client and as many people."""
    users = (
        SEED_USER.format(email=email_of(number), password=PASSWORD)
        for number in range(people)
    )
    return SEED_CLIENT + "".join(users)


@dataclass
class Person:
    """One browser with its user, and the app that this user signs in at."""

    browser: Visitor
    email: str
    refresh_token: str = ""
    access_token: str = ""

    @property
    def app(self) -> Visitor:
        """The app's own connection carries no cookies."""
        return Visitor(self.browser.host)

    def sign_in(self) -> Operation:
        """Open the sign-in page and send its form."""
        browser = self.browser
        page = (yield browser.get("/login")).expect(200)
        browser.keep_cookies(page)
        token = CSRF_TOKEN.search(page.body)
        form = {
            "csrf_token": token[1].decode() if token else "",
            "username": self.email,
            "password": PASSWORD,
        }
        answer = yield browser.post("/login", form, headers={"Origin": self.origin})
        browser.keep_cookies(answer.expect(302, 303))

    def sign_in_afresh(self) -> Operation:
        """Sign in as a browser that was never here."""
        self.browser.cookies = {}
        yield from self.sign_in()

    def authorize(self) -> Operation:
        """Run the authorization code flow with PKCE and keep the tokens."""
        reply = (yield self.browser.get(f"/oauth2/authorize?{self.request}")).expect(
            302, 303
        )
        code = parse_qs(urlsplit(reply.location).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
        self.keep_tokens((yield self.token_request(form)))

    def refresh(self) -> Operation:
        """Spend the refresh token for the next."""
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        self.keep_tokens((yield self.token_request(form)))

    def userinfo(self) -> Operation:
        """Read the claims that the access token opens."""
        bearer = {"Authorization": f"Bearer {self.access_token}"}
        (yield self.app.get("/oauth2/userinfo", bearer)).expect(200)

    def introspect(self) -> Operation:
        """Ask what the access token is worth."""
        client = basic(CLIENT_ID, CLIENT_SECRET)
        form = {"token": self.access_token}
        asked = self.app.post("/oauth2/introspect", form, headers=client)
        reply = (yield asked).expect(200)
        assert b'"active":true' in reply.body.replace(b" ", b"")

    def token_request(self, form: dict[str, str]) -> bytes:
        """Return a request to the token endpoint by the app."""
        client = basic(CLIENT_ID, CLIENT_SECRET)
        return self.app.post("/oauth2/token", form, headers=client)

    def keep_tokens(self, reply: Reply) -> None:
        """Take the tokens of a successful answer."""
        answer = json.loads(reply.expect(200).body)
        self.access_token = answer["access_token"]
        self.refresh_token = answer["refresh_token"]

    @property
    def origin(self) -> str:
        """The issuer's origin."""
        return f"http://{self.browser.host}"

    @property
    def request(self) -> str:
        """The query of the authorization request."""
        return urlencode(
            {
                "response_type": "code",
                "client_id": CLIENT_ID,
                "redirect_uri": REDIRECT_URI,
                "scope": "openid profile email offline_access",
                "state": "state-of-the-load-generator",
                "nonce": "nonce-of-the-load-generator",
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
            }
        )


def repeated(request: bytes) -> Start:
    """Return an operation that sends the same request every time."""

    def ask() -> Generator[bytes, Reply, None]:
        (yield request).expect(200)

    return ask


def discovery(person: Person) -> Start:
    """Read the metadata document."""
    return repeated(person.app.get("/.well-known/openid-configuration"))


def jwks(person: Person) -> Start:
    """Read the public keys."""
    return repeated(person.app.get("/.well-known/jwks.json"))


def client_credentials(person: Person) -> Start:
    """Get an access token for the client itself."""
    form = {"grant_type": "client_credentials", "scope": "notes.read"}
    return repeated(person.token_request(form))


# These know no person; the others begin with a browser that is signed in at the app.
WITHOUT_PERSON = ("discovery", "jwks", "client_credentials")
CASES: dict[str, Callable[[Person], Start]] = {
    "discovery": discovery,
    "jwks": jwks,
    "client_credentials": client_credentials,
    "userinfo": lambda person: person.userinfo,
    "introspect": lambda person: person.introspect,
    "refresh": lambda person: person.refresh,
    "code + PKCE flow": lambda person: person.authorize,
    "password sign-in": lambda person: person.sign_in_afresh,
}
