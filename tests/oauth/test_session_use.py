"""Refreshes use the session that their grant ends with."""

import pytest

from idp.accounts.models import BrowserSession
from idp.core.db import db
from tests.oauth.calls import introspect, refresh


@pytest.fixture
def person(make):
    return make.users.signed_in_person()


def last_seen(app, person):
    with app.app_context():
        return db.session.get(BrowserSession, person[1]).last_seen_at


def held(make, person, scope="openid"):
    spa = make.clients.spa()
    return spa, make.tokens.refresh_token(spa, person=person, scope=scope)


def test_a_session_whose_apps_refresh_does_not_idle_out(http, make, person, clock):
    spa, token = held(make, person)
    for _ in range(3):
        clock.tick(hours=1, minutes=30)
        token = refresh(http, spa, token).json["refresh_token"]


def test_a_refresh_that_waits_longer_finds_its_session_idled_out(
    http, make, person, clock
):
    spa, token = held(make, person)
    clock.tick(hours=2, seconds=1)
    assert refresh(http, spa, token).json["error"] == "invalid_grant"


def test_a_refresh_token_of_a_session_that_idled_out_is_inactive(
    http, make, person, clock
):
    web = make.clients.web_client()
    token = make.tokens.refresh_token(web, person=person, scope="openid")
    assert introspect(http, web, token).json["active"] is True
    clock.tick(hours=2, seconds=1)
    assert introspect(http, web, token).json == {"active": False}


def test_use_is_written_once_in_five_minutes(app, http, make, person, clock):
    spa, token = held(make, person)
    begun = last_seen(app, person)
    clock.tick(minutes=4, seconds=59)
    token = refresh(http, spa, token).json["refresh_token"]
    assert last_seen(app, person) == begun
    clock.tick(seconds=1)
    refresh(http, spa, token)
    assert last_seen(app, person) > begun


def test_writing_it_costs_one_more_update_when_it_is_due(
    http, make, person, clock, statements
):
    spa, token = held(make, person)
    token = refresh(http, spa, token).json["refresh_token"]
    clock.tick(minutes=5)
    with statements() as seen:
        assert refresh(http, spa, token).status_code == 200
    assert (seen.count("UPDATE"), seen.count("COMMIT")) == (2, 1)


def test_an_offline_grant_uses_no_session(app, http, make, person, clock):
    spa, token = held(make, person, scope="openid offline_access")
    begun = last_seen(app, person)
    clock.tick(hours=3)
    assert refresh(http, spa, token).status_code == 200
    assert last_seen(app, person) == begun
