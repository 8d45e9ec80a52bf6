"""Calls from pages of other origins."""

import pytest

from tests.oauth.calls import redeem, userinfo

OWN = {"Origin": "https://app.example"}
ALLOW = "Access-Control-Allow-Origin"


def test_a_clients_own_page_reads_its_tokens(http, make):
    made = make.tokens.code(make.clients.spa())
    answer = http.post("/oauth2/token", data=made.form, headers=OWN)
    assert answer.headers[ALLOW] == OWN["Origin"]
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_at_another_allowed_origin_reads_its_tokens(http, make):
    """An embedded web view has a scheme of its own, which is no redirect URI's."""
    allowed = ["capacitor://localhost", "https://pages.example:8443"]
    for origin in allowed:
        made = make.tokens.code(make.clients.spa(allowed_origins=allowed))
        headers = {"Origin": origin}
        assert http.options("/oauth2/token", headers=headers).headers[ALLOW] == origin
        answer = http.post("/oauth2/token", data=made.form, headers=headers)
        assert (answer.status_code, answer.headers[ALLOW]) == (200, origin)


def test_errors_are_readable_too(http, make):
    spa = make.clients.spa()
    wrong = {"grant_type": "refresh_token", "refresh_token": "x"}
    known = http.post(
        "/oauth2/token", data=wrong | {"client_id": spa.client_id}, headers=OWN
    )
    unknown = http.post(
        "/oauth2/token", data=wrong | {"client_id": "nobody"}, headers=OWN
    )
    malformed = http.post("/oauth2/token?x=y", headers=OWN)
    too_large = http.post("/oauth2/token", data={"a": "b" * 70_000}, headers=OWN)
    statuses = [a.status_code for a in (known, unknown, malformed, too_large)]
    assert statuses == [400, 401, 400, 413]
    for answer in (known, unknown, malformed, too_large):
        assert answer.headers[ALLOW] == OWN["Origin"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example/",
        "HTTPS://APP.EXAMPLE",
        "*",
    ],
)
def test_other_origins_read_nothing(http, make, origin):
    made = make.tokens.code(make.clients.spa())
    answer = http.post("/oauth2/token", data=made.form, headers={"Origin": origin})
    preflight = http.options("/oauth2/token", headers={"Origin": origin})
    assert ALLOW not in answer.headers
    assert ALLOW not in preflight.headers


def test_a_page_of_another_client_reads_nothing(http, make):
    make.clients.spa(redirect_uris=["https://other.example/cb"])
    made = make.tokens.code(make.clients.spa())
    elsewhere = {"Origin": "https://other.example"}
    answer = http.post("/oauth2/token", data=made.form, headers=elsewhere)
    assert answer.status_code == 200
    assert ALLOW not in answer.headers


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/userinfo"])
def test_a_preflight_is_answered_for_any_registered_origin(http, make, path):
    make.clients.spa()
    asked = OWN | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = http.options(path, headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers[ALLOW] == OWN["Origin"]
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "path", ["/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke"]
)
def test_a_preflight_allows_the_headers_that_the_browser_announces(http, make, path):
    """Tracing and frameworks add headers that their pages know nothing of."""
    make.clients.spa()
    asked = OWN | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "baggage,traceparent,x-requested-with,b@d",
    }
    allowed = http.options(path, headers=asked).headers["Access-Control-Allow-Headers"]
    assert allowed.split(", ") == [
        "Authorization", "Content-Type", "baggage", "traceparent", "x-requested-with",
    ]  # fmt: skip


def test_userinfo_is_readable_and_so_are_its_refusals(http, make):
    made = make.tokens.code(make.clients.spa())
    token = redeem(http, made).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    told = http.get("/oauth2/userinfo", headers=OWN | bearer)
    assert told.headers[ALLOW] == OWN["Origin"]
    refused = http.get("/oauth2/userinfo", headers=OWN)
    assert refused.status_code == 401
    assert refused.headers[ALLOW] == OWN["Origin"]
    assert "WWW-Authenticate" in refused.headers["Access-Control-Expose-Headers"]


def test_a_call_without_origin_is_no_cross_origin_call(http, make):
    made = make.tokens.code(make.clients.spa())
    token = redeem(http, made).json["access_token"]
    assert ALLOW not in userinfo(http, token).headers


def test_documents_are_for_everyone(http):
    for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json"):
        assert http.get(path, headers=OWN).headers[ALLOW] == "*"
