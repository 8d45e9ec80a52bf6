"""RFC 7009: token revocation."""

import pytest

from tests.oauth.calls import (
    basic,
    client_credentials,
    introspect,
    redeem,
    redeem_with_secret,
    refresh,
    revoke,
    userinfo,
)


def test_section_2_the_endpoint_is_in_the_metadata(http):
    metadata = http.get("/.well-known/openid-configuration").json
    assert metadata["revocation_endpoint"] == "https://idp.example/oauth2/revoke"
    assert "none" in metadata["revocation_endpoint_auth_methods_supported"]


def test_section_2_1_the_client_must_authenticate(http, make):
    web = make.clients.web_client()
    token = redeem_with_secret(http, make.tokens.code(web)).json["access_token"]
    wrong = http.post(
        "/oauth2/revoke",
        data={"token": token},
        headers=basic(f"{web.client_id}:wrong"),
    )
    assert (wrong.status_code, wrong.json["error"]) == (401, "invalid_client")
    unproven = http.post(
        "/oauth2/revoke", data={"token": token, "client_id": web.client_id}
    )
    assert unproven.status_code == 401
    assert userinfo(http, token).status_code == 200


def test_section_2_1_a_public_client_names_itself(http, make):
    spa = make.clients.spa()
    token = redeem(http, make.tokens.code(spa)).json["access_token"]
    assert revoke(http, spa, token).status_code == 200
    assert userinfo(http, token).status_code == 401


def test_section_2_1_the_token_is_required(http, make):
    spa = make.clients.spa()
    missing = http.post("/oauth2/revoke", data={"client_id": spa.client_id})
    assert (missing.status_code, missing.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/oauth2/revoke", "/oauth2/introspect"])
def test_section_2_1_parameters_are_taken_from_a_form_body_only(http, make, path):
    web = make.clients.web_client()
    in_url = http.post(f"{path}?token=x", headers=web.basic)
    as_json = http.post(path, json={"token": "x"}, headers=web.basic)
    for refused in (in_url, as_json):
        assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert http.get(path).status_code == 405


def test_section_2_1_a_token_of_another_client_is_not_touched(http, make):
    spa, stranger = make.clients.spa(), make.clients.spa()
    answer = redeem(http, make.tokens.code(spa)).json
    for token in (answer["access_token"], answer["refresh_token"]):
        assert revoke(http, stranger, token).status_code == 200
    assert userinfo(http, answer["access_token"]).status_code == 200
    assert refresh(http, spa, answer["refresh_token"]).status_code == 200


def test_section_2_1_a_refresh_token_takes_the_access_tokens_of_its_grant(http, make):
    spa = make.clients.spa()
    answer = redeem(http, make.tokens.code(spa)).json
    assert revoke(http, spa, answer["refresh_token"]).status_code == 200
    assert refresh(http, spa, answer["refresh_token"]).json["error"] == "invalid_grant"
    assert userinfo(http, answer["access_token"]).json["error"] == "invalid_token"


def test_section_2_1_an_access_token_ends_alone(http, make):
    spa = make.clients.spa()
    answer = redeem(http, make.tokens.code(spa)).json
    assert revoke(http, spa, answer["access_token"]).status_code == 200
    assert userinfo(http, answer["access_token"]).json["error"] == "invalid_token"
    again = refresh(http, spa, answer["refresh_token"]).json
    assert userinfo(http, again["access_token"]).status_code == 200


def test_section_2_1_the_token_of_a_machine_can_be_ended(http, make):
    machine = make.clients.machine_client()
    token = client_credentials(http, machine).json["access_token"]
    assert introspect(http, machine, token).json["active"] is True
    assert revoke(http, machine, token).status_code == 200
    assert introspect(http, machine, token).json == {"active": False}


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "id_token", "x"])
def test_section_2_1_a_wrong_or_unknown_hint_changes_nothing(http, make, hint):
    spa = make.clients.spa()
    answer = redeem(http, make.tokens.code(spa)).json
    for token in (answer["access_token"], answer["refresh_token"]):
        assert revoke(http, spa, token, token_type_hint=hint).status_code == 200
    assert userinfo(http, answer["access_token"]).status_code == 401
    assert refresh(http, spa, answer["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    "token", ["nothing", "a.b.c", "0" * 32 + ".0." + "x" * 43, "é" * 40, "." * 4000]
)
def test_section_2_2_an_unknown_token_is_answered_like_any_other(http, make, token):
    assert revoke(http, make.clients.spa(), token).status_code == 200


def test_section_2_2_a_token_that_was_ended_can_be_ended_again(http, make):
    spa = make.clients.spa()
    answer = redeem(http, make.tokens.code(spa)).json
    for token in (answer["access_token"], answer["refresh_token"]) * 2:
        assert revoke(http, spa, token).status_code == 200


def test_section_2_2_the_answer_is_200_without_content(http, make):
    spa = make.clients.spa()
    answer = revoke(http, spa, make.tokens.refresh_token(spa))
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_section_2_2_1_an_id_token_is_an_unsupported_type(http, make):
    spa, stranger = make.clients.spa(), make.clients.spa()
    token = redeem(http, make.tokens.code(spa)).json["id_token"]
    refused = revoke(http, spa, token)
    assert refused.status_code == 400
    assert refused.json["error"] == "unsupported_token_type"
    assert revoke(http, stranger, token).status_code == 200


def test_section_2_3_pages_of_the_client_may_call_it(http, make):
    spa = make.clients.spa()
    origin = {"Origin": "https://app.example"}
    asked = http.options("/oauth2/revoke", headers=origin)
    assert asked.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    form = {"client_id": spa.client_id, "token": make.tokens.refresh_token(spa)}
    answer = http.post("/oauth2/revoke", data=form, headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
