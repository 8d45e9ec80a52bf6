"""What is measured: each case makes one operation for one connection of the load."""

import json
from collections.abc import Callable, Generator
from itertools import count

from bench.http import Operation, Reply, Start
from bench.person import PASSWORD, Person
from bench.site import (
    CLIENT_ID,
    CLIENT_SECRET,
    DISCOVERY,
    MACHINE_SCOPE,
    REDIRECT_URI,
    SCOPE,
)

SEED_CLIENT = f"""
[[clients]]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
client_name = "Load generator"
redirect_uris = ["{REDIRECT_URI}"]
grant_types = ["authorization_code", "refresh_token", "client_credentials"]
token_endpoint_auth_method = "client_secret_basic"
id_token_signed_response_alg = "ES256"
scope = "{SCOPE} {MACHINE_SCOPE}"
"""
SEED_USER = """
[[users]]
email = "{email}"
password = "{password}"
email_verified = true
name = "Ada Lovelace"
"""


def email_of(number: int) -> str:
    """Return the address of one of the seeded users."""
    return f"user{number}@example.com"


def seed(people: int) -> str:
    """Return a seed file with one client and as many users."""
    users = (
        SEED_USER.format(email=email_of(number), password=PASSWORD)
        for number in range(people)
    )
    return SEED_CLIENT + "".join(users)


def repeated(request: bytes) -> Start:
    """Return an operation that sends the same request every time."""

    def ask() -> Generator[bytes, Reply, None]:
        (yield request).expect(200)

    return ask


def discovery(person: Person) -> Start:
    """Read the metadata document."""
    return repeated(person.site.app.get(DISCOVERY))


def jwks(person: Person) -> Start:
    """Read the public keys."""
    return repeated(person.site.app.get(person.site.jwks))


new_accounts = count()


def sign_up(person: Person) -> Start:
    """Create an account with the JSON API and get its first tokens."""

    def register() -> Operation:
        account = {
            "email": f"new{next(new_accounts)}@example.com",
            "password": PASSWORD,
            "name": "Ada Lovelace",
        }
        request = person.site.app.request(
            "POST",
            "/auth/register",
            headers={"Content-Type": "application/json"},
            body=json.dumps(account).encode(),
        )
        (yield request).expect(201)

    return register


# Those that peers are compared by come first.
CASES: dict[str, Callable[[Person], Start]] = {
    "client_credentials": lambda person: person.client_credentials,
    "refresh": lambda person: person.refresh,
    "code_flow": lambda person: person.authorize,
    "userinfo": lambda person: person.userinfo,
    "introspect": lambda person: person.introspect,
    "discovery": discovery,
    "jwks": jwks,
    "sign_in": lambda person: person.sign_in,
    "sign_up": sign_up,
}
OF_OUR_PAGES = ("sign_in", "sign_up")
OF_ANY_PROVIDER = tuple(name for name in CASES if name not in OF_OUR_PAGES)
