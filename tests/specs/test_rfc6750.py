"""RFC 6750: bearer tokens at the UserInfo endpoint."""

import pytest

from tests.oauth.calls import redeem, userinfo


def test_section_2_1_the_header_is_supported(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    assert userinfo(http, token).status_code == 200


def test_section_2_2_a_form_parameter_works_in_a_post_only(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    body = {"access_token": token}
    assert http.post("/oauth2/userinfo", data=body).status_code == 200
    assert http.get("/oauth2/userinfo", data=body).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_section_2_1_the_scheme_is_written_in_any_case(http, make, scheme):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    header = {"Authorization": f"{scheme} {token}"}
    assert http.get("/oauth2/userinfo", headers=header).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "application/json", "text/plain"]
)
def test_section_2_2_the_body_is_form_encoded_and_nothing_else(
    http, make, content_type
):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    body = f"access_token={token}"
    answer = http.post("/oauth2/userinfo", data=body, content_type=content_type)
    assert answer.status_code == 401


def test_section_2_3_the_address_is_no_place_for_a_token(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    for method in (http.get, http.post):
        answer = method(f"/oauth2/userinfo?access_token={token}")
        assert answer.status_code == 400
        challenge = answer.headers["WWW-Authenticate"]
        assert 'error="invalid_request"' in challenge


def test_section_2_a_token_comes_by_one_method(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    twice = http.post(
        "/oauth2/userinfo",
        data={"access_token": token},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (twice.status_code, twice.json["error"]) == (400, "invalid_request")


def test_section_3_1_a_request_without_a_token_gets_no_error_code(http):
    refused = http.get("/oauth2/userinfo")
    assert refused.status_code == 401
    assert "error" not in refused.headers["WWW-Authenticate"]


def test_section_3_1_a_bad_token_is_401_invalid_token(http):
    refused = userinfo(http, "bad")
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_section_3_1_too_little_scope_is_403_and_names_the_scope(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa(), scope="email")).json[
        "access_token"
    ]
    refused = userinfo(http, token)
    assert refused.status_code == 403
    assert 'scope="openid"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}])
def test_section_3_a_refusal_is_challenged_with_the_bearer_scheme(http, header):
    refused = http.get("/oauth2/userinfo", headers=header)
    challenge = refused.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="https://idp.example"')
    assert challenge.count("realm=") == 1


def test_section_3_1_an_expired_token_is_invalid(http, make, clock):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    clock.tick(minutes=11)
    refused = userinfo(http, token)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_section_5_3_what_is_told_is_not_kept(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    assert userinfo(http, token).headers["Cache-Control"] == "no-store"
