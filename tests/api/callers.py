"""Who calls the JSON API in tests: programs with tokens, scripts with cookies."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.issuer import ISSUER
from tests.make_users import MadeAccount


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """Return the header of an access token."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def problem(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of a refusal."""
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def fields(answer: TestResponse) -> dict[str, str]:
    """Return the code of each field that a refusal names."""
    assert answer.status_code in (400, 409), answer.text
    return {error["field"]: error["code"] for error in answer.json["errors"]}


def declined(answer: TestResponse) -> str:
    """Return the code of a 200 + error answer, which has no tokens."""
    assert answer.status_code == 200
    assert set(answer.json) == {"error"}
    return answer.json["error"]["code"]


def cookies_set(answer: TestResponse) -> dict[str, str]:
    """Return the Set-Cookie lines by the names of their cookies."""
    lines = answer.headers.getlist("Set-Cookie")
    return {line.partition("=")[0]: line for line in lines}


class Program:
    """A caller without cookies; it shows a token where it has one."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    def send(self, method: str, path: str, json: object = None, **options):
        """Send JSON, with this caller's headers."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(
            path, method=method, json=json, headers=headers, **options
        )

    def get(self, path: str, **options) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options) -> TestResponse:
        return self.send("POST", path, json, **options)

    def put(self, path: str, json: object = None, **options) -> TestResponse:
        return self.send("PUT", path, json, **options)

    def sign_in(self, account: MadeAccount, **more) -> dict[str, Any]:
        """Sign in and show the access token from now on; return the answer."""
        body = {"login": account.email, "password": account.password, **more}
        answer = self.post("/auth/login", body)
        assert answer.status_code == 200, answer.text
        self.headers = bearer(answer.json)
        return answer.json


class Spa(Program):
    """A script of our own page: cookies, Origin and X-CSRF-Token, and no token."""

    def send(self, method: str, path: str, json: object = None, **options):
        """Send JSON as ``fetch`` does, with the token that the browser has now."""
        headers = {"Origin": ISSUER} | options.pop("headers", {})
        if method != "GET":
            token = self.client.get("/auth/csrf/token").json["token"]
            headers = {"X-CSRF-Token": token} | headers
        return super().send(method, path, json, headers=headers, **options)

    def bare(self, method: str, path: str, json: object = None) -> TestResponse:
        """Send JSON with the cookies and nothing else."""
        return self.client.open(path, method=method, json=json)

    def sign_in(self, account: MadeAccount, **more) -> dict[str, Any]:
        """Sign in with cookies; return the answer."""
        body = {"login": account.email, "password": account.password, "cookies": True}
        answer = self.post("/auth/login", body | more)
        assert answer.status_code == 200, answer.text
        return answer.json
