"""Signing out after the cookie has gone or the session has idled out."""

import pytest

from idp.accounts.models import BrowserSession
from idp.core.db import db
from tests.browsing import Browser
from tests.oauth.calls import refresh
from tests.oauth.signing_out import (
    HOME,
    LOOPBACK_OPEN,
    checked,
    deliver,
    is_signed_in,
    logout,
    receiver,
    sign_in_at,
)

COOKIE = "__Host-idp"


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def receivers():
    with receiver() as notes, receiver() as shop:
        yield [notes, shop]


@pytest.fixture
def apps(make, receivers):
    return [
        make.clients.spa(
            backchannel_logout_uri=each.uri, post_logout_redirect_uris=[HOME]
        )
        for each in receivers
    ]


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.com")


@pytest.fixture
def tokens(http, make, ada, apps):
    """What both apps hold of Ada's session."""
    return [sign_in_at(http, make, app, person=ada.person) for app in apps]


@pytest.fixture
def told(app, http, apps, receivers):
    """Delivers, and says which sessions each of the two apps heard of."""

    def heard():
        while deliver(app):
            pass
        return [
            [checked(http, token, client.client_id)["sid"] for token in got.tokens]
            for client, got in zip(apps, receivers, strict=True)
        ]

    return heard


@pytest.fixture
def browser(app, http):
    """Ada's browser, as she uses it."""
    made = Browser(app)
    made.http = http
    return made


@pytest.fixture
def all_ended(http, ada, apps, tokens, told):
    """Checks that both apps were told of the session, and hold nothing any more."""

    def check():
        assert told() == [[ada.session_id], [ada.session_id]]
        for client, held in zip(apps, tokens, strict=True):
            answer = refresh(http, client, held["refresh_token"])
            assert answer.json["error"] == "invalid_grant"

    return check


def lose_cookie(http):
    http.delete_cookie(COOKIE, domain="idp.example")


def test_a_hint_ends_its_session_without_the_cookie(http, tokens, all_ended):
    lose_cookie(http)
    asked = {"id_token_hint": tokens[0]["id_token"], "post_logout_redirect_uri": HOME}
    assert logout(http, **asked).location == HOME
    all_ended()


def test_a_hint_ends_a_session_that_has_idled_out(http, tokens, all_ended, clock):
    clock.tick(hours=2, seconds=1)
    assert logout(http, id_token_hint=tokens[0]["id_token"]).status_code == 200
    all_ended()


def test_a_posted_hint_ends_it_too(http, tokens, all_ended):
    lose_cookie(http)
    form = {"id_token_hint": tokens[0]["id_token"], "post_logout_redirect_uri": HOME}
    kept = http.post("/oauth2/logout", data=form).location
    assert http.get(kept).location == HOME
    all_ended()


def test_looking_ahead_ends_nothing_without_a_cookie_either(http, apps, tokens):
    lose_cookie(http)
    http.head(f"/oauth2/logout?id_token_hint={tokens[0]['id_token']}")
    assert refresh(http, apps[0], tokens[0]["refresh_token"]).status_code == 200


def test_another_user_at_this_browser_is_asked_first(
    browser, http, make, tokens, all_ended
):
    lose_cookie(http)
    make.browsers.sign_in(http, email="grace@example.com")
    answer = logout(http, id_token_hint=tokens[0]["id_token"])
    assert answer.location.startswith("/logout?")
    assert is_signed_in(http)
    browser.follow(answer)
    browser.submit()
    assert not is_signed_in(http)
    all_ended()


def test_a_hint_of_a_session_whose_row_is_gone_is_answered_as_done(app, http, tokens):
    with app.app_context():
        db.session.query(BrowserSession).delete()
        db.session.commit()
    asked = {"id_token_hint": tokens[0]["id_token"], "post_logout_redirect_uri": HOME}
    assert logout(http, **asked).location == HOME


def test_our_own_page_ends_a_session_that_idled_out_while_it_was_open(
    browser, all_ended, clock
):
    browser.open("/logout")
    clock.tick(hours=2, seconds=1)
    browser.submit()
    all_ended()


@pytest.mark.parametrize("path", ["/auth/logout", "/api/auth/logout"])
def test_the_json_sign_out_ends_a_session_that_idled_out(
    http, tokens, all_ended, clock, path
):
    clock.tick(hours=2, seconds=1)
    answer = http.post(path, json={}, headers={"Origin": "https://idp.example"})
    assert answer.status_code in (200, 204)
    all_ended()
