"""A provider says that a session is over: ours ends, and its apps are told."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from idp.core.db import db
from idp.oauth.models import LogoutDelivery
from tests.rp import RelyingParty

PATH = "/oauth2/backchannel/acme"


@pytest.fixture
def ada(acme, make):
    acme()
    account = make.users.account("ada@example.com")
    make.providers.link("acme", account.id, subject="upstream-ada")
    return account


def notify(traveller, **changed):
    """Send a notice as the provider does: a POST of its own, without cookies."""
    sender = traveller.browser.http.application.test_client(use_cookies=False)
    token = traveller.peer.logout_token(**changed)
    return sender.post(PATH, data={"logout_token": token})


def test_it_ends_the_session_of_the_sign_in_that_ended_there(
    traveller, another_traveller, ada, make
):
    traveller.sign_in(sid="first")
    another_traveller.sign_in(sid="second")
    answer = notify(traveller, sid="first")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert not traveller.signed_in
    assert another_traveller.signed_in
    [said] = make.records.audited_details("session.revoked")
    assert said["by"] == "provider:acme"


def test_without_a_session_it_ends_all_of_the_users_there(
    traveller, another_traveller, ada, browser, another_browser
):
    traveller.sign_in(sid="first")
    another_traveller.sign_in()
    local = another_browser()
    local.sign_in(ada.email, ada.password)
    assert notify(traveller).status_code == 200
    assert not traveller.signed_in
    assert not another_traveller.signed_in
    assert local.http.get("/auth/me").status_code == 200


def test_it_ends_one_that_a_second_factor_has_finished(traveller, ada, make, app):
    traveller.sign_in(sid="first")
    traveller.forget_session()
    make.browsers.sign_in(traveller.browser.http, person=ada, by="provider totp")
    assert traveller.signed_in
    notify(traveller, sid="another")
    assert not traveller.signed_in


def test_the_apps_of_the_session_are_told(app, traveller, ada, make):
    client = make.clients.client(
        first_party=True, backchannel_logout_uri="https://app.example/logout"
    )
    rp = RelyingParty(traveller.browser.http, client)
    away = rp.reach(connection="acme")
    rp.finish(traveller.come_back(traveller.peer.approve(away.location, sid="s")))
    notify(traveller, sid="s")
    with app.app_context():
        told = db.session.scalar(select(func.count()).select_from(LogoutDelivery))
    assert told == 1


def test_a_notice_that_comes_again_ends_nothing_that_began_since(traveller, ada, clock):
    traveller.sign_in(sid="first")
    token = traveller.peer.logout_token()
    sender = traveller.browser.http.application.test_client(use_cookies=False)
    assert sender.post(PATH, data={"logout_token": token}).status_code == 200
    clock.tick(seconds=100)
    traveller.sign_in(sid="second")
    sender.post(PATH, data={"logout_token": token})
    assert traveller.signed_in


EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"events": None},
        {"events": {"https://other": {}}},
        {"events": {EVENT: "text"}},
        {"nonce": "n"},
        {"sub": None},
        {"sub": 7},
        {"sid": 7},
        {"iat": 1},
        {"iat": None},
        {"exp": 1},
    ],
)
def test_what_is_no_notice_for_us_ends_nothing(traveller, ada, changed):
    traveller.sign_in(sid="first")
    answer = notify(traveller, **changed)
    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_request"
    assert traveller.signed_in


def test_an_id_token_is_no_notice(traveller, ada):
    traveller.sign_in()
    traveller.peer.header = {"typ": "at+jwt"}
    assert notify(traveller).status_code == 400
    assert notify(traveller).json["error_description"] == "typ"
    assert traveller.signed_in


def test_nobody_else_ends_sessions(traveller, ada):
    traveller.sign_in()
    http = traveller.browser.http.application.test_client(use_cookies=False)
    for data in ({}, {"logout_token": "x"}, {"logout_token": "a.b.c"}):
        assert http.post(PATH, data=data).status_code == 400
    unknown = "/oauth2/backchannel/nobody"
    assert http.post(unknown, data={}).status_code == 400
    assert traveller.signed_in


def test_who_signs_out_here_can_sign_out_there(traveller, ada):
    traveller.sign_in()
    traveller.browser.open("/logout")
    page = traveller.browser.submit("/logout")
    assert "Sign out of Acme too" in page.text
    [url] = [u for u in traveller.browser.page.links if u.startswith("http://127")]
    assert url.startswith(f"{traveller.peer.url}/logout?")
    asked = parse_qs(urlsplit(url).query)
    assert asked["post_logout_redirect_uri"] == ["https://idp.example/logout"]
    assert asked["id_token_hint"][0].count(".") == 2


def test_who_came_another_way_is_offered_no_such_thing(traveller, ada):
    traveller.browser.sign_in(ada.email, ada.password)
    traveller.browser.open("/logout")
    assert "Sign out of Acme" not in traveller.browser.submit("/logout").text
