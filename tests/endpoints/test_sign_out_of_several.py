"""Clients that sign a user out of a browser with several accounts."""

import pytest
from sqlalchemy import text

from idp.core.db import db
from tests.browsing import Browser
from tests.oauth.signing_out import HOME, logout, sign_in_at

MORE = "__Host-idp-more"


@pytest.fixture
def client(make):
    return make.clients.client(client_name="Notes", post_logout_redirect_uris=[HOME])


@pytest.fixture
def people(make):
    return [make.users.account(f"{name}@example.com") for name in ("ada", "bob", "eve")]


@pytest.fixture
def hints(http, make, client, people):
    """ID Tokens of three accounts of one browser, of which the first is active."""
    tokens = {}
    for person in people:
        made = make.browsers.sign_in(http, person=person)
        hint = sign_in_at(http, make, client, person=person)["id_token"]
        tokens[person.id] = (http.get_cookie("__Host-idp", domain="idp.example"), hint)
        assert made.user_id == person.id
    first, *others = (tokens[person.id][0].value for person in people)
    http.set_cookie("__Host-idp", first, domain="idp.example", secure=True)
    http.set_cookie(MORE, ".".join(others), domain="idp.example", secure=True)
    return [tokens[person.id][1] for person in people]


def live_users(app):
    with app.app_context():
        live = text("SELECT user_id FROM browser_sessions WHERE ended_at IS NULL")
        return sorted(db.session.scalars(live))


def test_the_account_of_the_hint_ends_at_once_and_no_other(app, http, people, hints):
    answer = logout(http, id_token_hint=hints[1], post_logout_redirect_uri=HOME)
    assert answer.location == HOME
    assert live_users(app) == sorted([people[0].id, people[2].id])
    assert http.get("/account").status_code == 200
    left = http.get("/auth/accounts").json["accounts"]
    assert sorted(one["email"] for one in left) == [people[0].email, people[2].email]


def test_the_active_account_of_the_hint_ends_and_the_others_stay(
    app, http, people, hints
):
    answer = logout(http, id_token_hint=hints[0], post_logout_redirect_uri=HOME)
    assert answer.location == HOME
    assert live_users(app) == sorted([people[1].id, people[2].id])
    assert http.get("/account").status_code == 303


def test_without_a_hint_the_page_asks_of_which(app, http, client, people, hints):
    browser = Browser(app)
    browser.http = http
    browser.follow(
        logout(http, client_id=client.client_id, post_logout_redirect_uri=HOME)
    )
    assert people[0].email in browser.text
    answer = browser.send("/logout", all="1")
    assert answer.location == HOME
    assert live_users(app) == []
    assert http.get_cookie(MORE, domain="idp.example") is None


def test_a_probe_ends_nothing(app, http, hints):
    http.head(f"/oauth2/logout?id_token_hint={hints[1]}")
    assert len(live_users(app)) == 3
