"""Every answer names its request, and errors say the same name once more."""

import pytest

from tests.rp import RelyingParty

FORM = "application/x-www-form-urlencoded"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/oauth2/token", 400),
        ("GET", "/oauth2/token", 405),
        ("POST", "/oauth2/introspect", 401),
        ("POST", "/oauth2/revoke", 401),
        ("POST", "/oauth2/device_authorization", 401),
        ("POST", "/oauth2/backchannel/nobody", 400),
        ("GET", "/api/admin/audit", 401),
        ("GET", "/api/auth/nothing", 404),
    ],
)
def test_an_error_in_json_has_the_reference_of_its_answer(http, method, path, status):
    answer = http.open(path, method=method, content_type=FORM)
    assert answer.status_code == status
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.any_database
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/login", "/no"])
def test_every_answer_has_a_reference_of_its_own(http, path):
    first, second = (http.get(path).headers["X-Request-Id"] for _ in range(2))
    assert first != second


def test_an_error_that_goes_to_the_app_has_it_too(http, make):
    rp = RelyingParty(http, make.clients.spa())
    for mode in ("query", "form_post"):
        answer = rp.ask(prompt="none", response_mode=mode)
        said = rp.checked(answer)
        assert said["request_id"] == answer.headers["X-Request-Id"]
    make.browsers.sign_in(http)
    assert "request_id" not in rp.checked(rp.allow(rp.reach()))


@pytest.mark.any_database
def test_a_get_at_the_token_endpoint_is_told_what_to_send(http):
    told = http.get("/oauth2/token?grant_type=x").json
    assert told["error"] == "invalid_request"
    assert told["error_description"] == (
        "/oauth2/token is asked by POST, with the parameters in the body."
    )
