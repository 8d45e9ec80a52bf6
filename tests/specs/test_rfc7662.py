"""RFC 7662: token introspection."""

import pytest

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.models import Client, Grant
from tests.oauth.calls import (
    basic,
    client_credentials,
    introspect,
    redeem_with_secret,
)

INACTIVE = {"active": False}
API = "https://api.example"


@pytest.fixture
def web(make):
    return make.clients.web_client(apis=[API])


@pytest.fixture
def issued(http, make, web):
    """The tokens of a sign-in at ``web``."""
    person = make.users.signed_in_person(username="ada", username_key="ada")
    made = make.tokens.code(web, person=person, acr="urn:acr:two")
    return redeem_with_secret(http, made).json | {"sub": person[0]}


def refresh_with_secret(http, client, token):
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return http.post("/oauth2/token", data=form, headers=client.basic)


def test_section_2_the_endpoint_is_in_the_metadata(http):
    metadata = http.get("/.well-known/openid-configuration").json
    assert metadata["introspection_endpoint"] == "https://idp.example/oauth2/introspect"
    assert "none" not in metadata["introspection_endpoint_auth_methods_supported"]


def test_section_2_1_the_caller_must_be_authorized(http, make, web, issued):
    token = issued["access_token"]
    wrong = http.post(
        "/oauth2/introspect",
        data={"token": token},
        headers=basic(f"{web.client_id}:wrong"),
    )
    assert (wrong.status_code, wrong.json["error"]) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic ")
    public = introspect(http, make.clients.spa(), token)
    assert (public.status_code, public.json["error"]) == (401, "invalid_client")


def test_section_2_1_the_token_is_required(http, web):
    missing = http.post("/oauth2/introspect", headers=web.basic)
    assert (missing.status_code, missing.json["error"]) == (400, "invalid_request")


def test_section_2_2_a_live_access_token_is_described(http, web, issued):
    answer = introspect(http, web, issued["access_token"])
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert told["active"] is True
    assert told["scope"] == "openid profile email"
    assert told["client_id"] == web.client_id
    assert told["username"] == "ada"
    assert told["token_type"] == "Bearer"
    assert told["exp"] - told["iat"] == 600
    assert told["sub"] == issued["sub"]
    assert told["aud"] == told["iss"] == "https://idp.example"
    assert len(told["jti"]) == 22
    assert told["acr"] == "urn:acr:two"
    assert isinstance(told["auth_time"], int)
    assert "grant_id" not in told


def test_section_2_2_a_live_refresh_token_is_described(http, web, issued):
    told = introspect(http, web, issued["refresh_token"]).json
    assert told["active"] is True
    assert told["scope"] == "openid profile email"
    assert told["client_id"] == web.client_id
    assert told["sub"] == issued["sub"]
    assert told["iss"] == "https://idp.example"
    assert told["exp"] > told["iat"]
    assert told["acr"] == "urn:acr:two"


def test_section_2_2_the_token_of_a_machine_is_described(http, make):
    machine = make.clients.machine_client()
    token = client_credentials(http, machine, scope="read").json["access_token"]
    told = introspect(http, machine, token).json
    assert told["active"] is True
    assert told["sub"] == told["client_id"] == machine.client_id
    assert told["scope"] == "read"
    assert "username" not in told


def test_section_2_2_the_username_is_told_as_far_as_the_scope_opens_it(http, make, web):
    for scope, username in (("openid email", "ada@example.com"), ("openid", None)):
        person = make.users.signed_in_person(email="ada@example.com")
        answer = redeem_with_secret(
            http, make.tokens.code(web, scope=scope, person=person)
        )
        told = introspect(http, web, answer.json["access_token"]).json
        assert told.get("username") == username


def test_section_2_2_a_token_of_another_client_is_inactive(http, make, issued):
    stranger = make.clients.web_client()
    for token in (issued["access_token"], issued["refresh_token"]):
        assert introspect(http, stranger, token).json == INACTIVE


def test_section_2_2_a_resource_may_ask_about_the_tokens_that_are_for_it(
    http, make, web
):
    api = make.clients.machine_client(owned_resources=[API])
    other_api = make.clients.machine_client(owned_resources=["https://other.example"])
    made = make.tokens.code(web, resource=[API])
    issued = redeem_with_secret(http, made).json
    told = introspect(http, api, issued["access_token"]).json
    assert (told["active"], told["aud"]) == (True, API)
    assert told["client_id"] == web.client_id
    assert introspect(http, other_api, issued["access_token"]).json == INACTIVE
    assert introspect(http, api, issued["refresh_token"]).json == INACTIVE


def test_section_2_2_a_resource_is_told_nothing_of_a_disabled_client(
    http, make, web, app, clock
):
    api = make.clients.machine_client(owned_resources=[API])
    issued = redeem_with_secret(http, make.tokens.code(web, resource=[API])).json
    with app.app_context():
        db.session.get(Client, web.client_id).disabled_at = utcnow()
        db.session.commit()
    clock.tick(seconds=30)
    assert introspect(http, api, issued["access_token"]).json == INACTIVE


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "0" * 32 + ".0." + "x" * 43, "é", "." * 4000]
)
def test_section_2_2_what_is_no_token_is_inactive(http, web, token):
    assert introspect(http, web, token).json == INACTIVE


def test_section_2_2_an_id_token_is_no_token_to_ask_about(http, web, issued):
    assert introspect(http, web, issued["id_token"]).json == INACTIVE


def test_section_2_2_an_expired_token_is_inactive(http, web, issued, clock):
    clock.tick(minutes=10)
    assert introspect(http, web, issued["access_token"]).json == INACTIVE
    assert introspect(http, web, issued["refresh_token"]).json["active"] is True
    clock.tick(days=14)
    assert introspect(http, web, issued["refresh_token"]).json == INACTIVE


def test_section_2_2_a_token_of_a_revoked_grant_is_inactive(http, web, issued, app):
    with app.app_context():
        db.session.query(Grant).update({"revoked_at": utcnow()})
        db.session.commit()
    for token in (issued["access_token"], issued["refresh_token"]):
        assert introspect(http, web, token).json == INACTIVE


def test_section_2_2_a_token_of_a_disabled_person_is_inactive(http, web, issued, app):
    with app.app_context():
        db.session.query(User).update({"status": "disabled"})
        db.session.commit()
    for token in (issued["access_token"], issued["refresh_token"]):
        assert introspect(http, web, token).json == INACTIVE


def test_section_2_2_looking_at_a_used_refresh_token_tells_and_ends_nothing(
    http, web, issued, clock
):
    fresh = refresh_with_secret(http, web, issued["refresh_token"]).json
    clock.tick(seconds=11)
    assert introspect(http, web, issued["refresh_token"]).json == INACTIVE
    assert introspect(http, web, fresh["refresh_token"]).json["active"] is True


def test_section_4_a_guess_at_a_refresh_token_is_inactive(http, web, issued):
    family, generation, mac = issued["refresh_token"].split(".")
    guess = f"{family}.{generation}.{mac[::-1]}"
    assert introspect(http, web, guess).json == INACTIVE


def test_section_4_no_page_of_another_origin_can_read_the_answer(http, web, issued):
    headers = web.basic | {"Origin": "https://app.example"}
    form = {"token": issued["access_token"]}
    answer = http.post("/oauth2/introspect", data=form, headers=headers)
    assert "Access-Control-Allow-Origin" not in answer.headers
