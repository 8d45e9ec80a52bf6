"""RFC 6750: bearer tokens at the UserInfo endpoint."""

from tests.oauth.calls import redeem, userinfo


def test_section_2_1_the_header_is_supported(http, make):
    token = redeem(http, make.code(make.spa())).json["access_token"]
    assert userinfo(http, token).status_code == 200


def test_section_2_2_a_form_parameter_works_in_a_post_only(http, make):
    token = redeem(http, make.code(make.spa())).json["access_token"]
    body = {"access_token": token}
    assert http.post("/oauth2/userinfo", data=body).status_code == 200
    assert http.get("/oauth2/userinfo", data=body).status_code == 401


def test_section_2_a_token_comes_by_one_method(http, make):
    token = redeem(http, make.code(make.spa())).json["access_token"]
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
    token = redeem(http, make.code(make.spa(), scope="email")).json["access_token"]
    refused = userinfo(http, token)
    assert refused.status_code == 403
    assert 'scope="openid"' in refused.headers["WWW-Authenticate"]
