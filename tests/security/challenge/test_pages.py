"""Challenges in the forms of pages: what is shown, and what is left without scripts."""

import json
import re
from html import unescape

import pytest

from tests.browsing import Browser
from tests.issuer import IssuerClient
from tests.make_users import PASSWORD
from tests.security.challenge.solving import ADA, NEW, ON, answer_to

CHECKING = "Checking you’re not a robot…"
PAGES = [
    ("/login", {"username": ADA, "password": "a wrong one"}),
    ("/register", NEW),
    ("/forgot-password", {"email": ADA}),
    ("/login/link", {"email": ADA}),
    ("/login/link", {"email": ADA}),
    ("/email-verification?token=gone", {"email": ADA}),
]
IDS = [path.partition("?")[0] for path, _typed in PAGES]


@pytest.fixture
def environ():
    return {**ON, "IDP_RATELIMIT_LOGIN_IP": "20/hour"}  # as the others: a tenth is two


@pytest.fixture
def fresh_browser(app):
    app.test_client_class = IssuerClient
    return lambda: Browser(app)


@pytest.fixture
def browser(fresh_browser, ada):
    return fresh_browser()


def asked(browser):
    """Return the proof of work that the page's script is given."""
    [found] = re.findall(r"data-challenge='(.*?)'", browser.response.text)
    return {"type": "proof_of_work", **json.loads(unescape(found))}


def post_form(browser, action=None, **typed):
    """Send a form of the page; follow no redirect, but show the page of an answer."""
    browser.response = browser.send(action, **typed)
    return browser.response.status_code


@pytest.mark.usefixtures("clock")  # it says how long to wait
@pytest.mark.parametrize(("path", "typed"), PAGES, ids=IDS)
def test_without_scripts_a_tenth_of_the_budget_is_left(fresh_browser, ada, path, typed):
    for number in range(3):
        browser = fresh_browser()
        browser.open(path)
        assert CHECKING in browser.text
        status = post_form(browser, **typed)
        assert (status == 429) is (number == 2), (number, browser.response.text)
    assert "Turn on JavaScript and try again, or wait 60 minutes." in browser.text
    assert int(browser.response.headers["Retry-After"]) == 3600


@pytest.mark.parametrize(("path", "typed"), PAGES, ids=IDS)
def test_with_an_answer_the_whole_budget_is(fresh_browser, ada, path, typed):
    for _number in range(3):
        browser = fresh_browser()
        browser.open(path)
        status = post_form(browser, **typed, challenge=answer_to(asked(browser)))
        assert status != 429, browser.response.text


def test_an_answer_that_was_taken_counts_as_none(browser):
    browser.open("/login")
    challenge = answer_to(asked(browser))
    for number in range(4):
        status = post_form(
            browser, username=ADA, password="a wrong one", challenge=challenge
        )
        assert status == (429 if number == 3 else 200)


def test_a_sign_in_with_an_answer_goes_on(browser):
    browser.open("/login")
    challenge = answer_to(asked(browser))
    browser.submit(username=ADA, password=PASSWORD, challenge=challenge)
    assert browser.response.request.path == "/account"


def test_the_page_is_allowed_no_more_than_without(browser):
    browser.open("/login")
    policy = browser.response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert not re.search("worker-src|frame-src", policy)
    worker = re.search(r'data-worker="(.*?)"', browser.response.text)[1]
    script = browser.http.get(worker)
    assert (script.status_code, script.mimetype) == (200, "text/javascript")


def test_a_message_is_sent_again_by_a_form_with_a_challenge_of_its_own(browser):
    browser.open("/email-verification?token=gone")
    browser.submit(email=ADA, challenge=answer_to(asked(browser)))
    assert CHECKING in browser.text
    resend = "/email-verification/resend"
    for number in range(3):
        status = post_form(browser, resend)
        assert status == (429 if number == 2 else 200)
    assert "Turn on JavaScript" in browser.text


class TestIdentifierFirst:
    @pytest.fixture
    def environ(self):
        return {**ON, "IDP_IDENTIFIER_FIRST": "true"}

    def test_the_name_alone_is_asked_for_without_one(self, browser):
        browser.open("/login")
        assert CHECKING not in browser.text
        browser.submit(username=ADA)
        assert CHECKING in browser.text
        challenge = answer_to(asked(browser))
        browser.submit(password=PASSWORD, challenge=challenge)
        assert browser.response.request.path == "/account"
