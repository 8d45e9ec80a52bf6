"""What people are shown as a name is seen, and stays on its line, whoever gives it."""

import pytest

from tests.authenticator import add_passkey

ADMIN = "/api/admin"
GOOGLE = {"id": "g", "preset": "google", "client_id": "us", "client_secret": "hush"}
API = {"identifier": "https://api.example", "scopes": []}
CLIENT = {"redirect_uris": ["https://app.example/callback"]}
ADA = {"email": "ada@example.org", "password": "nine quiet otters by the lake"}


@pytest.fixture
def admin(program, make):
    """A program of an owner who signed in just now, and has a passkey."""
    program.sign_in(make.users.account(roles=["owner"]))
    add_passkey(program)
    return program


def named_so(admin, name):
    """Return the requests that give something a name."""
    [passkey] = admin.get("/account/passkeys").json
    by_language = {"en": name}
    owner = admin.get("/auth/me").json["user"]["id"]
    return {
        "name": ("PATCH", "/account/profile", {"name": name}),
        "given_name": ("PATCH", "/account/profile", {"given_name": name}),
        "sign-up": ("POST", "/auth/register", ADA | {"name": name}),
        "passkey": ("PATCH", f"/account/passkeys/{passkey['id']}", {"name": name}),
        "organization": (
            "POST",
            f"{ADMIN}/organizations",
            {"name": name, "owner_id": owner},
        ),
        "client": ("POST", f"{ADMIN}/clients", CLIENT | {"client_name": name}),
        "role": (
            "POST",
            f"{ADMIN}/clients",
            CLIENT | {"client_name": "App", "app_roles": [{"name": name}]},
        ),
        "api": ("POST", f"{ADMIN}/apis", API | {"name": name}),
        "group": ("POST", f"{ADMIN}/groups", {"name": name}),
        "key": (
            "POST",
            f"{ADMIN}/api-keys",
            {"name": name, "permissions": ["users.read"]},
        ),
        "provider": ("POST", f"{ADMIN}/providers", GOOGLE | {"name": name}),
        "attribute": (
            "POST",
            f"{ADMIN}/attributes",
            {"key": "team", "type": "text", "label": by_language},
        ),
        "scope": (
            "POST",
            f"{ADMIN}/scopes",
            {"name": "team", "description": by_language, "claims": ["nickname"]},
        ),
    }


def test_a_name_is_seen_and_piles_up_no_marks(admin):
    for name in ("\u2800", "\u200b\u3164\ufe0f", "\u0301", "Z" + "\u0351" * 9):
        for what, (method, path, body) in named_so(admin, name).items():
            answer = admin.send(method, path, body)
            assert answer.status_code == 400, (what, name, answer.text)
    zoe = "Zoe\u0308 نمی\u200cدانم \U0001f469\u200d\U0001f680"
    for what, (method, path, body) in named_so(admin, zoe).items():
        answer = admin.send(method, path, body)
        assert answer.status_code in (200, 201), (what, answer.text)
