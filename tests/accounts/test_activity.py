"""What happened to an account, in its owner's words."""

import pytest

from idp.core.db import db
from idp.security import audit
from idp.web.activity import WORDS

ON_A_PAGE = 25


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def page(browser, ada):
    """A browser in which Ada has just signed in."""
    browser.sign_in(ada.email, ada.password)
    return browser


def note(app, *events, **detail):
    """Write audit rows as rules do."""
    with app.app_context():
        for event, outcome in events:
            audit.record(event, outcome=outcome, **detail)
        db.session.commit()


def test_what_one_did_is_told_in_words(page, ada, make):
    page.open("/account/email")
    page.submit("/account/email", new_email="new@example.com")
    page.open("/account/activity")
    assert "Account created" in page.text
    assert "Signed in" in page.text
    assert "Change of email address started" in page.text
    assert "127.0.x.x" in page.text


def test_the_newest_comes_first(page, app, ada, clock):
    clock.tick(minutes=1)
    note(app, ("profile.changed", "ok"), user_id=ada.id)
    page.open("/account/activity")
    text = page.text
    assert text.index("Profile changed") < text.index("Account created")


def test_a_wrong_password_of_somebody_else_is_seen(page, another_browser, ada):
    stranger = another_browser()
    stranger.sign_in(ada.email, "not the password")
    page.open("/account/activity")
    assert "Sign-in with a wrong password" in page.text
    assert "Refused" in page.text


def test_every_event_that_is_told_has_its_words(page, app, ada):
    events, text = list(WORDS), ""
    for first in range(0, len(events), ON_A_PAGE):
        note(app, *events[first : first + ON_A_PAGE], user_id=ada.id)
        page.open("/account/activity")
        text += page.text
    assert [str(words) for words in WORDS.values() if str(words) not in text] == []


@pytest.mark.parametrize(
    ("event", "detail", "words"),
    [
        ("login.ok", {"again": True}, "Confirmed it’s you"),
        ("email.changed", {"undone": True}, "Change of email address undone"),
        ("session.revoked", {"others": True}, "All other devices signed out"),
        ("user.deleted", {"stage": "undone"}, "Account deletion undone"),
        ("consent.given", {"scope": ["openid"]}, "Access given to an app"),
    ],
)
def test_details_are_told_where_they_matter(browser, make, event, detail, words):
    ada = make.users.account()
    note(make.users.app, (event, "ok"), user_id=ada.id, **detail)
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/activity")
    assert words in browser.text


def test_nobody_sees_what_is_others(page, app, make):
    grace = make.users.account("grace@example.com")
    note(app, ("account.exported", "ok"), user_id=grace.id)
    note(app, ("password.reset.done", "ok"), user_id=None)
    page.open("/account/activity")
    assert "Data exported" not in page.text
    assert "Password reset" not in page.text


def test_what_is_for_operators_is_not_shown(page, app, ada):
    note(app, ("admin.action", "ok"), user_id=ada.id, subject="payroll")
    page.open("/account/activity")
    assert "payroll" not in page.text
    assert "admin.action" not in page.text


def test_ninety_days_are_shown(browser, app, ada, clock):
    clock.tick(days=91)
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/activity")
    assert "Account created" not in browser.text
    assert "Signed in" in browser.text


def older(browser):
    """Return the link to the next page."""
    return next(link for link in browser.page.links if "cursor=" in link)


def rows(browser):
    return browser.response.text.count("<time ")


def test_long_lists_come_in_pages_that_miss_and_repeat_nothing(page, app, ada, clock):
    clock.tick(minutes=1)
    for _ in range(3):
        note(app, *[("profile.changed", "ok")] * 10, user_id=ada.id)
        clock.tick(seconds=1)
    page.open("/account/activity")
    assert rows(page) == ON_A_PAGE
    assert "Newest" not in page.text
    page.open(older(page))
    assert rows(page) == 5 + 2  # and the registration and the sign-in
    assert "Older" not in page.text
    assert "Newest" in page.text


def test_what_happens_meanwhile_moves_nothing(page, app, ada, clock):
    clock.tick(minutes=1)
    note(app, *[("profile.changed", "ok")] * 26, user_id=ada.id)
    page.open("/account/activity")
    link = older(page)
    clock.tick(minutes=1)
    note(app, *[("email.changed", "ok")] * 5, user_id=ada.id)
    page.open(link)
    assert rows(page) == 1 + 2
    assert "Email address changed" not in page.text


def test_a_cursor_of_somebody_else_is_refused(page, app, ada, make, another_browser):
    note(app, *[("profile.changed", "ok")] * 26, user_id=ada.id)
    page.open("/account/activity")
    link = older(page)
    grace = make.users.account("grace@example.com")
    other = another_browser()
    other.sign_in(grace.email, grace.password)
    assert other.open(link).status_code == 400
    assert other.open("/account/activity?cursor=x").status_code == 400


def test_what_was_not_me_ends_everywhere_else_and_asks_for_a_new_password(
    page, another_browser, ada
):
    thief = another_browser()
    thief.sign_in(ada.email, ada.password)
    page.open("/account/activity")
    page.open("/account/activity/not-me")
    page.submit()
    assert page.title == "Password – idp"
    assert thief.open("/account").request.path == "/login"
