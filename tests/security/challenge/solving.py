"""Callers that answer challenges, as ALTCHA's own library solves them."""

import altcha
from werkzeug.test import TestResponse

from tests.make_users import PASSWORD

ON = {"IDP_CHALLENGE": "always", "IDP_CHALLENGE_WORK": "2"}
ADA = "ada@example.com"
NEW = {"email": "new@example.com", "password": "nine quiet otters by a lake"}
LOGIN = {"login": ADA, "password": PASSWORD}
# Every JSON route that a challenge stands before: method, path, body, its status after.
ROUTES = [
    ("POST", "/auth/login", LOGIN, 200),
    ("POST", "/api/auth/login", {"email": ADA, "password": PASSWORD}, 200),
    ("POST", "/auth/register", NEW, 201),
    (
        "POST",
        "/api/auth/register",
        {**NEW, "confirmPassword": NEW["password"]},
        200,
    ),
    ("POST", "/api/users", NEW, 201),
    ("POST", "/auth/password-reset/email", {"email": ADA}, 204),
    ("POST", "/api/auth/reset/request", {"email": ADA}, 202),
    ("PUT", "/api/v1/account/password", {"email": ADA}, 202),
    ("POST", "/auth/magic-link", {"email": ADA}, 202),
    ("POST", "/auth/email-verification/email", {"email": ADA}, 202),
]
IDS = [path for _method, path, _body, _status in ROUTES]


def challenge_in(refused: TestResponse) -> dict:
    """Return the challenge of a refusal, which has to be one."""
    assert refused.status_code == 400, refused.text
    assert refused.mimetype == "application/problem+json"
    assert refused.json["code"] == "challenge_required", refused.text
    return refused.json["challenge"]


def answer_to(challenge: dict) -> str:
    """Return what solves a proof of work, as it is sent."""
    assert challenge["type"] == "proof_of_work"
    asked = altcha.Challenge.from_dict(challenge)
    return altcha.Payload(asked, altcha.solve_challenge(asked)).to_base64()


def ask(http, path="/auth/login", body=LOGIN, *, method="POST", ip=None):
    """Send a JSON request, from another address if one is given."""
    environ = {"REMOTE_ADDR": ip} if ip else {}
    return http.open(path, method=method, json=body, environ_base=environ)


def solved(http, path="/auth/login", body=LOGIN, **how) -> str:
    """Ask for a challenge by a request without an answer, and solve it."""
    return answer_to(challenge_in(ask(http, path, body, **how)))
