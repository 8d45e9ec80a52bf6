"""POST /auth/login."""

import pytest

from idp.accounts.lifecycle.deletion import schedule_deletion
from idp.accounts.sign_in.reauthentication import ReauthCredential
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.security.requester import Requester
from tests.api.callers import bearer, cookies_set, declined, fields, problem

STRICT = {"IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "2/15 minutes"}


@pytest.mark.parametrize("name", ["login", "email", "username"])
@pytest.mark.parametrize("by", ["email", "username"])
def test_a_person_signs_in_by_address_or_username(program, make, name, by):
    ada = make.users.account()
    body = {name: getattr(ada, by), "password": ada.password}
    answer = program.post("/auth/login", body)
    assert answer.status_code == 200
    assert answer.json["user"]["id"] == ada.id
    assert answer.json["expires_in"] == 600
    assert answer.headers["Cache-Control"] == "no-store"
    me = program.get("/auth/me", headers=bearer(answer.json))
    assert me.json["user"]["email"] == ada.email


def test_without_cookies_no_session_cookie_is_set(program, make):
    ada = make.users.account()
    body = {"login": ada.email, "password": ada.password}
    sent = cookies_set(program.post("/auth/login", body))
    assert {"__Host-idp", "refresh_token"}.isdisjoint(sent)


@pytest.mark.parametrize("remember", [True, False])
def test_cookies_begin_a_session_of_pages_too(spa, make, remember):
    ada = make.users.account()
    body = {"login": ada.email, "password": ada.password, "cookies": True}
    answer = spa.post("/auth/login", {**body, "remember": remember})
    assert "refresh_token" not in answer.json
    sent = cookies_set(answer)
    for name in ("__Host-idp", "refresh_token"):
        assert ("Max-Age=" in sent[name]) is remember
    assert "Max-Age=0" in sent["__Host-idp-csrf"]
    page = spa.client.get("/account", headers={"Accept": "text/html"})
    assert page.status_code == 200


def test_signing_in_again_keeps_the_session_and_renews_its_cookie(spa, make):
    ada = make.users.account()
    spa.sign_in(ada)
    before = spa.get("/api/auth").json["auth"]["sid"]
    old = spa.client.get_cookie("__Host-idp", domain="idp.example").value
    spa.sign_in(ada)
    assert spa.get("/api/auth").json["auth"]["sid"] == before
    assert spa.client.get_cookie("__Host-idp", domain="idp.example").value != old


def test_another_person_ends_the_session_that_was_here(spa, make):
    first = spa.sign_in(make.users.account())
    spa.sign_in(make.users.account())
    answer = spa.get("/auth/me", headers=bearer(first))
    assert problem(answer) == (401, "invalid_token")


def test_a_wrong_password_and_an_unknown_account_look_the_same(program, make):
    ada = make.users.account()
    texts = []
    for login in (ada.email, ada.username, "nobody@example.org", "nobody", "\u202e"):
        answer = program.post("/auth/login", {"login": login, "password": "wrong"})
        assert declined(answer) == "invalid_credentials"
        texts.append((answer.text, sorted(answer.headers.keys())))
    assert len(set(map(str, texts))) == 1


def test_a_disabled_account_looks_like_a_wrong_password(program, make):
    ada = make.users.account(status="disabled")
    body = {"login": ada.email, "password": ada.password}
    assert declined(program.post("/auth/login", body)) == "invalid_credentials"


def test_who_deletes_the_account_is_led_to_the_undo(program, make, app):
    ada = make.users.account()
    with app.test_request_context():
        schedule_deletion(
            get_user(ada.id),
            credential=ReauthCredential(utcnow()),
            requester=Requester(),
        )
        db.session.commit()
    body = {"login": ada.email, "password": ada.password}
    answer = program.post("/auth/login", body)
    assert declined(answer) == "account_deleting"
    assert "https://idp.example/account/deletion" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, {"login": "required", "password": "required"}),
        ({"login": "ada"}, {"password": "required"}),
        ({"password": "x"}, {"login": "required"}),
        ({"login": 1, "password": "x"}, {"login": "wrong_type"}),
        ({"login": "a", "email": "b", "password": "x"}, {"email": "unknown_field"}),
        ({"login": "a", "password": "x", "otp": "1"}, {"otp": "unknown_field"}),
    ],
)
def test_what_is_missing_or_unknown_is_named(program, body, codes):
    answer = program.post("/auth/login", body)
    assert problem(answer) == (400, "invalid_input")
    assert fields(answer) == codes


def test_a_password_in_the_query_is_refused(program, make):
    ada = make.users.account()
    path = f"/auth/login?login={ada.email}&password={ada.password}"
    assert fields(program.post(path, {}))["password"] == "unknown_field"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"{}}"])
def test_a_broken_body_is_400(program, body):
    answer = program.client.post(
        "/auth/login", data=body, content_type="application/json"
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("environ", [STRICT])
def test_too_many_wrong_passwords_wait_even_for_the_right_one(program, make):
    ada = make.users.account()
    for login in (ada.email, "nobody@example.org"):
        for _ in range(2):
            answer = program.post("/auth/login", {"login": login, "password": "wrong"})
            assert declined(answer) == "invalid_credentials"
        answer = program.post("/auth/login", {"login": login, "password": ada.password})
        assert problem(answer) == (429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) > 0


def test_a_browser_with_cookies_needs_the_token_of_our_page(spa, make):
    ada = make.users.account()
    body = {"login": ada.email, "password": ada.password, "cookies": True}
    spa.client.get("/login", headers={"Accept": "text/html"})
    assert problem(spa.bare("POST", "/auth/login", body)) == (403, "csrf_rejected")
    assert spa.post("/auth/login", body).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_foreign_page_signs_nobody_in(program, make, origin):
    ada = make.users.account()
    body = {"login": ada.email, "password": ada.password}
    answer = program.post("/auth/login", body, headers={"Origin": origin})
    assert problem(answer) == (403, "csrf_rejected")


def test_several_devices_hold_at_once(program, spa, another_spa, make):
    ada = make.users.account()
    first, second = program.sign_in(ada), program.sign_in(ada)
    spa.sign_in(ada)
    another_spa.sign_in(ada)
    for tokens in (first, second):
        assert program.get("/auth/me", headers=bearer(tokens)).status_code == 200
    for browser in (spa, another_spa):
        assert browser.get("/auth/me").status_code == 200


def test_a_password_that_was_handed_out_opens_only_its_change(program, make):
    ada = make.users.account(must_change_password=True)
    program.sign_in(ada)
    assert problem(program.get("/auth/me")) == (403, "password_change_required")
    body = {"new_password": "ten quiet otters by the lake"}
    assert program.put("/auth/change-password", body).status_code == 204
