"""Rows that are no longer needed go."""

import pytest

from idp.accounts.jobs import end_sessions_run_out
from idp.core.db import db
from idp.oauth import jobs
from idp.oauth.models import AuthorizationCode, Grant, RefreshFamily
from tests.oauth.calls import redeem, refresh

TABLES = (AuthorizationCode, Grant, RefreshFamily)


def counts(app):
    with app.app_context():
        return [db.session.query(table).count() for table in TABLES]


def purge(app):
    with app.app_context():
        return jobs.purge_expired()


def test_what_is_needed_stays(http, make, app, clock):
    made = make.tokens.code(make.clients.spa(), scope="openid offline_access")
    token = redeem(http, made).json["refresh_token"]
    clock.tick(hours=2)
    purge(app)
    assert counts(app) == [1, 1, 1]
    clock.tick(days=2)
    purge(app)
    assert counts(app) == [0, 1, 1]
    assert refresh(http, made.client, token).status_code == 200


def test_what_expired_goes_with_all_that_hangs_on_it(http, make, app, clock):
    redeem(http, make.tokens.code(make.clients.spa()))
    clock.tick(days=32)
    with app.app_context():
        end_sessions_run_out()
        db.session.commit()
    assert purge(app) > 0
    assert counts(app) == [0, 0, 0]


def test_a_batch_is_bounded_and_tells_that_there_is_more(make, app, clock, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    spa, person = make.clients.spa(), make.users.signed_in_person()
    for _ in range(3):
        make.tokens.code(spa, person=person, scope="profile")
    clock.tick(days=3)
    assert [purge(app), purge(app)] == [2, 1]


@pytest.mark.parametrize("again", [1, 2])
def test_an_empty_database_is_no_trouble(app, again):
    assert purge(app) == 0
