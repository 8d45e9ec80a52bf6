"""POST /auth/refresh."""

import json
from base64 import urlsafe_b64decode

import pytest

from tests.api.callers import bearer, cookies_set, problem


def claims(tokens) -> dict:
    payload = tokens["access_token"].split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def renew(program, refresh_token):
    return program.post("/auth/refresh", {"refresh_token": refresh_token})


def test_a_refresh_token_gets_the_next_pair(program, make, clock):
    tokens = program.sign_in(make.users.account())
    clock.tick(seconds=300)
    answer = renew(program, tokens["refresh_token"])
    assert answer.status_code == 200
    assert set(answer.json) == set(tokens) - {"user"}
    before, after = claims(tokens), claims(answer.json)
    fresh = {"iat", "exp", "jti"}
    assert {k: before[k] for k in before if k not in fresh} == {
        k: after[k] for k in after if k not in fresh
    }
    assert after["exp"] == before["exp"] + 300
    assert after["aud"] == "https://idp.example/account"
    assert after["client_id"] == "idp-account"
    assert program.get("/auth/me", headers=bearer(answer.json)).status_code == 200


def test_the_same_successor_is_given_again_within_the_grace(program, make):
    tokens = program.sign_in(make.users.account())
    first = renew(program, tokens["refresh_token"]).json["refresh_token"]
    assert renew(program, tokens["refresh_token"]).json["refresh_token"] == first


def test_reuse_after_the_grace_ends_the_chain_and_its_tokens(program, make, clock):
    tokens = program.sign_in(make.users.account())
    successor = renew(program, tokens["refresh_token"]).json
    clock.tick(seconds=11)
    answer = renew(program, tokens["refresh_token"])
    assert problem(answer) == (401, "invalid_refresh_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert renew(program, successor["refresh_token"]).status_code == 401
    answer = program.get("/auth/me", headers=bearer(successor))
    assert problem(answer) == (401, "invalid_token")
    assert make.records.audited("refresh.reused")


@pytest.mark.parametrize("guess", ["", "x", "0" * 32 + ".0." + "A" * 43, "é"])
def test_a_guess_is_401(program, guess):
    assert problem(renew(program, guess)) == (401, "invalid_refresh_token")


def test_nothing_to_refresh_is_401(program):
    for body in ({}, None):
        answer = program.post("/auth/refresh", body)
        assert problem(answer) == (401, "authentication_required")


def test_another_clients_refresh_token_is_401_and_stays_whole(program, make, http):
    spa = make.clients.spa()
    theirs = make.tokens.refresh_token(spa)
    assert problem(renew(program, theirs)) == (401, "invalid_refresh_token")
    form = {
        "grant_type": "refresh_token",
        "client_id": spa.client_id,
        "refresh_token": theirs,
    }
    assert http.post("/oauth2/token", data=form).status_code == 200


def test_the_token_endpoint_refreshes_them_too(program, make, http):
    tokens = program.sign_in(make.users.account())
    form = {
        "grant_type": "refresh_token",
        "client_id": "idp-account",
        "refresh_token": tokens["refresh_token"],
    }
    answer = http.post("/oauth2/token", data=form)
    assert answer.status_code == 200
    assert claims(answer.json)["aud"] == "https://idp.example/account"


def test_the_cookie_is_rewritten(spa, make):
    spa.sign_in(make.users.account(), remember=True)
    held = spa.client.get_cookie("refresh_token", domain="idp.example").value
    answer = spa.post("/auth/refresh")
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json
    sent = cookies_set(answer)["refresh_token"]
    assert held not in sent
    assert {"HttpOnly", "Secure", "SameSite=Strict"} <= set(sent.split("; "))
    assert "Max-Age=" in sent
    assert spa.post("/auth/refresh", {}).status_code == 200


def test_the_cookie_needs_the_token_of_our_page(spa, make):
    spa.sign_in(make.users.account())
    answer = spa.bare("POST", "/auth/refresh", {})
    assert problem(answer) == (403, "csrf_rejected")
    answer = spa.post("/auth/refresh", {}, headers={"Origin": "https://evil.example"})
    assert problem(answer) == (403, "csrf_rejected")
    spa.client.delete_cookie("__Host-idp", domain="idp.example")
    answer = spa.bare("POST", "/auth/refresh", {})
    assert problem(answer) == (403, "csrf_rejected")


@pytest.mark.parametrize("environ", [{"IDP_REFRESH_COOKIE_NAME": "rt"}])
def test_the_operator_names_the_cookie(spa, make):
    spa.sign_in(make.users.account())
    assert spa.client.get_cookie("rt", domain="idp.example")
    assert spa.post("/auth/refresh", {}).status_code == 200


def test_the_tokens_end_with_their_session(program, make, clock):
    tokens = program.sign_in(make.users.account())
    clock.tick(hours=23)
    second = renew(program, tokens["refresh_token"])
    assert second.status_code == 200
    clock.tick(hours=2)
    answer = renew(program, second.json["refresh_token"])
    assert problem(answer) == (401, "invalid_refresh_token")


def test_a_remembered_session_refreshes_for_weeks(program, make, clock):
    tokens = program.sign_in(make.users.account(), remember=True)
    clock.tick(days=13)
    assert renew(program, tokens["refresh_token"]).status_code == 200


def test_a_browser_that_was_idle_too_long_signs_in_again(spa, make, clock):
    spa.sign_in(make.users.account())
    clock.tick(minutes=110)
    assert spa.post("/auth/refresh", {}).status_code == 200
    clock.tick(minutes=110)
    assert spa.post("/auth/refresh", {}).status_code == 200
    clock.tick(minutes=130)
    answer = spa.post("/auth/refresh", {})
    assert problem(answer) == (401, "invalid_refresh_token")


def test_a_disabled_user_refreshes_nothing(program, make):
    ada = make.users.account()
    tokens = program.sign_in(ada)
    make.users.set_status(ada, "disabled")
    assert problem(program.get("/auth/me")) == (401, "invalid_token")
    assert renew(program, tokens["refresh_token"]).status_code == 401
