"""Second factors and sign-in elsewhere, while this server has neither."""

import pytest

from tests.api.callers import problem

EXTERNAL = "/api/auth/external"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{EXTERNAL}/providers"),
        ("GET", EXTERNAL),
        ("GET", f"{EXTERNAL}/github"),
        ("DELETE", f"{EXTERNAL}/github"),
        ("GET", f"{EXTERNAL}/github/init"),
        ("GET", f"{EXTERNAL}/github/redirect"),
        ("POST", f"{EXTERNAL}/register/some-token"),
    ],
)
def test_it_says_so(program, spa, make, method, path):
    body = {"code": "123456"} if method == "POST" else None
    assert problem(program.send(method, path, body)) == (404, "not_enabled")
    spa.sign_in(make.users.account())
    assert problem(spa.send(method, path, body)) == (404, "not_enabled")
