"""RFC 9700: best current practice for OAuth 2.0 security."""

import pytest

from tests.hosted_pages import read_page
from tests.oauth.calls import (
    claims_of,
    client_credentials,
    redeem,
    redeem_with_secret,
    refresh,
    userinfo,
)
from tests.rp import RelyingParty

AUTHORIZE = "/oauth2/authorize"


@pytest.fixture
def rp(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.clients.spa(scope="openid profile email")
    signed_in = make.browsers.sign_in(http)
    make.clients.consent(signed_in.person, client, "openid profile email")
    return RelyingParty(http, client)


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed))["error"]


def test_section_2_1_1_pkce_is_required_of_public_clients(rp):
    bare = {"code_challenge": None, "code_challenge_method": None}
    assert error_of(rp, **bare) == "invalid_request"


def test_section_4_1_3_redirect_uris_are_compared_exactly(rp):
    for uri in (
        "https://app.example/callback?",
        "https://app.example/callback#",
        "https://app.example//callback",
        "https://app.example/./callback",
        "https://app.example:443/callback",
        "https://APP.example/callback",
        "https://app.example/%63allback",
        "https://user@app.example/callback",
        "https://app.example.evil.example/callback",
        " https://app.example/callback",
        "https://app.example/callback\n",
    ):
        assert rp.ask(redirect_uri=uri).status_code == 400, uri


def test_section_4_1_3_a_native_app_on_loopback_chooses_its_port(http, make):
    client = make.clients.spa(
        redirect_uris=["http://127.0.0.1/cb"],
        application_type="native",
        scope="openid",
    )
    rp = RelyingParty(http, client)
    asked = rp.ask(redirect_uri="http://127.0.0.1:51004/cb", prompt="none")
    assert asked.location.startswith("http://127.0.0.1:51004/cb?error=")
    assert rp.ask(redirect_uri="http://127.0.0.1:51004/x").status_code == 400
    assert rp.ask(redirect_uri="http://localhost:51004/cb").status_code == 400


def test_section_4_2_4_the_way_back_names_no_referrer(rp):
    assert rp.ask().headers["Referrer-Policy"] == "no-referrer"


def test_section_4_11_2_a_bad_redirect_uri_outweighs_every_other_error(rp):
    answer = rp.ask(redirect_uri="https://evil.example", response_type="token")
    assert answer.status_code == 400


def test_section_4_12_no_redirect_repeats_a_post(rp, http):
    assert http.post(AUTHORIZE, data=rp.parameters()).status_code == 303
    bad = http.post(AUTHORIZE, data=rp.parameters(scope="x"))
    assert bad.status_code == 303


def test_section_4_16_no_page_of_the_flow_can_be_framed(rp):
    page = rp.reach(prompt="consent")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_section_2_1_1_a_nonce_may_not_stand_in_for_pkce_at_a_public_client(rp):
    bare = {"code_challenge": None, "code_challenge_method": None, "nonce": "n" * 43}
    assert error_of(rp, **bare) == "invalid_request"


@pytest.mark.parametrize("response_type", ["token", "id_token token", "code token"])
def test_section_2_1_2_no_access_token_travels_in_a_redirect(rp, response_type):
    assert error_of(rp, response_type=response_type) == "unsupported_response_type"


def test_section_2_2_2_a_refresh_token_of_a_public_client_rotates(http, make, clock):
    spa = make.clients.spa()
    first = make.tokens.refresh_token(spa)
    second = refresh(http, spa, first).json["refresh_token"]
    assert second != first
    clock.tick(seconds=11)
    assert refresh(http, spa, first).json["error"] == "invalid_grant"


def test_section_4_14_2_reuse_ends_the_newest_token_too(http, make, clock):
    spa = make.clients.spa()
    stolen = make.tokens.refresh_token(spa)
    answer = refresh(http, spa, stolen).json
    clock.tick(seconds=11)
    refresh(http, spa, stolen)
    newest = refresh(http, spa, answer["refresh_token"])
    assert newest.json["error"] == "invalid_grant"
    assert userinfo(http, answer["access_token"]).status_code == 401


def test_section_2_3_a_token_says_for_whom_and_for_what_it_is(http, make):
    token = redeem(
        http, make.tokens.code(make.clients.spa(), scope="openid email")
    ).json
    claims = claims_of(http, token["access_token"])
    assert (claims["aud"], claims["scope"]) == ("https://idp.example", "openid email")


def test_section_2_4_there_is_no_password_grant(http, make):
    asked = {"grant_type": "password", "username": "ada", "password": "x"}
    client = make.clients.machine_client()
    answer = client_credentials(http, client, **asked)
    assert answer.json["error"] == "unsupported_grant_type"


def test_section_4_3_1_an_access_token_in_a_url_opens_nothing(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    assert http.get(f"/oauth2/userinfo?access_token={token}").status_code in (400, 401)


def test_section_4_5_a_stolen_code_is_worth_nothing_at_the_thiefs_client(http, make):
    made, thief = make.tokens.code(make.clients.client()), make.clients.client()
    stolen = {
        "headers": thief.basic,
        "data": made.form | {"client_id": thief.client_id},
    }
    assert http.post("/oauth2/token", **stolen).json["error"] == "invalid_grant"
    assert redeem_with_secret(http, made).status_code == 200


def test_section_4_5_3_an_injected_code_does_not_fit_the_victims_verifier(http, make):
    client = make.clients.spa()
    injected = make.tokens.code(client)
    answer = redeem(http, injected, code_verifier="v" * 43)
    assert answer.json["error"] == "invalid_grant"


def test_section_4_8_2_a_verifier_without_a_challenge_is_a_downgrade(http, make):
    client = make.clients.client(require_pkce=False)
    made = make.tokens.code(client, code_challenge=None)
    assert redeem_with_secret(http, made).json["error"] == "invalid_grant"
    right = redeem_with_secret(http, made, code_verifier=None)
    assert right.status_code == 200


def test_section_4_8_2_a_challenge_that_was_sent_is_enforced_though_waived(http, make):
    made = make.tokens.code(make.clients.client(require_pkce=False))
    refused = redeem_with_secret(http, made, code_verifier=None)
    assert refused.json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "uri", ["https://evil.example", "//evil.example", "javascript:1"]
)
def test_section_4_11_2_no_parameter_makes_an_open_redirector(http, make, uri):
    rp = RelyingParty(http, make.clients.spa())
    for changed in ({"redirect_uri": uri}, {"client_id": uri}):
        page = rp.ask(**changed)
        assert (page.status_code, page.location) == (400, None)
        assert uri not in read_page(page).links
    for path in ("/login", "/logout", "/consent", "/register", "/language"):
        page = http.get(path, query_string={"return_to": uri})
        assert not (page.location or "").startswith(uri)
        assert page.status_code in (302, 303) or uri not in read_page(page).links


def test_section_4_13_forwarding_headers_of_strangers_change_nothing(http):
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Forwarded": "host=evil.example",
    }
    answer = http.get("/.well-known/openid-configuration", headers=forged)
    assert "evil.example" not in answer.text
    assert answer.json["issuer"] == "https://idp.example"
