"""Somebody has lost the password; somebody else has found it."""

import pytest

from tests.browsing import Browser
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

ADA = "ada@example.com"
NEW = "seven loud geese in the rain"


@pytest.fixture
def browser(app, http):
    """The person's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)


@pytest.fixture
def notes(browser, make):
    """An app with a secret."""
    return RelyingParty(browser.http, make.clients.client(scope="openid"))


def follow_link(browser, text_in_link):
    """Open the one link of the page whose address holds a text."""
    (found,) = [link for link in browser.page.links if text_in_link in link]
    return browser.open(found)


def test_who_has_forgotten_the_password_still_reaches_the_app(browser, notes, make):
    ada = make.users.account(ADA)
    browser.follow(notes.ask())
    browser.submit(username=ADA, password="was it this one?")
    assert "Check both, or reset your password." in browser.text
    follow_link(browser, "/forgot-password")
    browser.submit(email=ADA)
    assert "Check your email" in browser.text

    browser.open(make.records.mail_to(ADA).link)
    browser.submit(password="too short")
    assert "at least 12 characters" in browser.text
    browser.submit(password=NEW)
    assert "Your password was changed. Sign in with the new one." in browser.text
    browser.submit(username=ADA, password=NEW)
    assert "Notes wants to use your idp account" in browser.text
    done = notes.finish(browser.follow(browser.send(decision="allow")))
    assert done.claims["sub"] == ada.id


def test_a_thief_is_out_before_lunch(browser, make, app, http):
    make.users.account(ADA)
    browser.sign_in(ADA, PASSWORD)
    thief = Browser(app)
    thief.sign_in(ADA, PASSWORD)
    assert thief.response.request.path == "/account"

    browser.open(make.records.mail_to(ADA).link)
    assert "Wasn’t it you?" in browser.text
    browser.submit()
    browser.submit(password=NEW)
    browser.submit(username=ADA, password=NEW)
    assert browser.response.request.path == "/account"

    thief.open("/account")
    thief.submit(username=ADA, password=PASSWORD)
    assert "isn’t right" in thief.text
    browser.open("/account/activity")
    for words in ("Password reset", "All other devices signed out"):
        assert words in browser.text


def test_a_guesser_is_stopped_and_the_owner_is_not(browser, make, app):
    make.users.account(ADA)
    browser.sign_in(ADA, PASSWORD)
    browser.open("/logout")
    browser.submit()
    guesser = Browser(app)
    for number in range(40):
        address = f"203.0.113.{number // 8}"
        guesser.http.environ_base["REMOTE_ADDR"] = address
        guesser.sign_in(ADA, f"guess number {number}")
    assert guesser.response.status_code == 429
    browser.sign_in(ADA, PASSWORD)
    assert browser.response.request.path == "/account"
