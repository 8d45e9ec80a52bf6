import pytest
from sqlalchemy import text

from idp.core.db import db


def live(browser):
    browser.open("/account")
    return browser.response.request.path == "/account"


def last_seen(app):
    with app.app_context():
        statement = text("SELECT last_seen_at FROM browser_sessions")
        return str(db.session.scalars(statement).one())


@pytest.fixture
def signed_in(browser, make, clock):
    browser.use_cookie(make.browsers.session(make.users.account()))
    return browser


def test_a_session_ends_after_two_hours_unused(signed_in, clock):
    clock.tick(hours=1, minutes=59)
    assert live(signed_in)
    clock.tick(hours=1, minutes=59)
    assert live(signed_in)
    clock.tick(hours=2, seconds=1)
    assert not live(signed_in)


def test_a_session_ends_after_a_day_however_much_it_is_used(signed_in, clock):
    for _ in range(23):
        clock.tick(hours=1)
        assert live(signed_in)
    clock.tick(hours=1)
    assert not live(signed_in)


def test_a_remembered_session_may_lie_unused_for_a_month(browser, make, clock):
    browser.use_cookie(make.browsers.session(make.users.account(), remember=True))
    clock.tick(days=29)
    assert live(browser)
    clock.tick(hours=23)
    assert live(browser)
    clock.tick(hours=1)
    assert not live(browser)


def test_use_is_noted_at_most_once_a_minute(signed_in, app, clock):
    clock.tick(seconds=59)
    live(signed_in)
    at_first = last_seen(app)
    clock.tick(seconds=1)
    live(signed_in)
    assert last_seen(app) > at_first


def test_the_sessions_of_a_disabled_user_hold_no_longer(browser, app, make):
    browser.use_cookie(make.browsers.session(make.users.account()))
    assert live(browser)
    with app.app_context():
        db.session.execute(text("UPDATE users SET status = 'disabled'"))
        db.session.commit()
    assert not live(browser)


@pytest.mark.parametrize(
    "value", ["", "x", "é" * 43, "x" * 43, "x" * 3000, "\x00" * 43]
)
def test_any_other_cookie_is_nobody(browser, value):
    browser.use_cookie(value)
    assert not live(browser)


def test_no_token_is_kept_that_a_cookie_could_hold(app, make):
    token = make.browsers.session(make.users.account())
    with app.app_context():
        rows = db.session.execute(text("SELECT * FROM browser_sessions")).all()
    assert token not in str(rows)
