"""When a challenge is due, and what it costs while it is not."""

import pytest

from idp.security.challenge.settings import ChallengeSettings
from tests.make_users import PASSWORD
from tests.security.challenge.solving import (
    ADA,
    LOGIN,
    NEW,
    ROUTES,
    answer_to,
    ask,
    challenge_in,
)

BOB = "bob@example.com"
WRONG = {"login": ADA, "password": "a wrong one"}
LIMITS = {
    "IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "6/15 minutes",
    "IDP_RATELIMIT_LOGIN_IP": "8/15 minutes",
    "IDP_RATELIMIT_REGISTER_IP": "4/hour",
}


@pytest.fixture
def environ():
    return {"IDP_CHALLENGE": "near_limit", "IDP_CHALLENGE_WORK": "2", **LIMITS}


def fail(http, login=ADA, **how):
    return ask(http, body={**WRONG, "login": login}, **how)


def test_none_is_due_until_half_of_what_a_name_has_is_used_up(http, ada):
    for _try in range(3):
        assert fail(http).json["error"]["code"] == "invalid_credentials"
    challenge_in(ask(http))
    assert ask(http, body={**LOGIN, "login": "bob@example.com"}).status_code == 200


def test_none_is_due_until_half_of_what_a_network_has_is_used_up(http, ada):
    for number in range(4):
        assert fail(http, f"nobody{number}@example.com").status_code == 200
    challenge_in(ask(http))
    assert ask(http, ip="192.0.2.7").json["user"]["email"] == ADA


def test_it_is_due_alike_whether_or_not_there_is_such_an_account(http, ada, make):
    make.users.account(BOB, username="bob")
    asked = []
    for net, login in (("192.0.2", "nobody@example.com"), ("198.51.100", BOB)):
        for number in range(14):  # half of what there is from anywhere is 15
            fail(http, login, ip=f"{net}.{number}")
        answers = [fail(http, login, ip=f"{net}.99") for _try in range(2)]
        asked.append([answer.json.get("code") for answer in answers])
    assert asked == [[None, "challenge_required"]] * 2
    assert fail(http, "bob", ip="203.0.113.9").status_code == 200  # his other name


def test_an_answer_keeps_the_whole_budget(http, ada):
    for number in range(6):
        answer = fail(http)
        if number >= 3:
            challenge = answer_to(challenge_in(answer))
            answer = ask(http, body={**WRONG, "challenge": challenge})
        assert answer.status_code == 200
    challenge = answer_to(challenge_in(fail(http)))
    assert ask(http, body={**LOGIN, "challenge": challenge}).status_code == 429


def test_sign_up_and_mail_have_their_own_halves(http, ada):
    for number in range(2):
        body = {**NEW, "email": f"new{number}@example.com"}
        assert ask(http, "/auth/register", body).status_code == 201
    challenge_in(ask(http, "/auth/register", NEW))
    reset = "/auth/password-reset/email"
    for _mail in range(2):  # of three an hour to one address
        assert ask(http, reset, {"email": ADA}).status_code == 204
    challenge_in(ask(http, reset, {"email": ADA}))
    assert ask(http, reset, {"email": "b@example.com"}).status_code == 204
    assert ask(http).status_code == 200


def test_the_sign_in_page_has_one_as_soon_as_one_is_due(browser, ada):
    browser.open("/login")
    for number in range(4):
        assert ("data-challenge" in browser.response.text) is (number >= 3)
        browser.submit(username=ADA, password="a wrong one")


def test_it_is_found_out_by_one_statement(app, http, ada, statements):
    fail(http)
    with statements() as near:
        fail(http)
    app.extensions["idp"][ChallengeSettings] = ChallengeSettings()
    with statements() as off:
        fail(http)
    assert near == ["SELECT", *off]


class TestOff:
    @pytest.fixture
    def environ(self):
        return {}

    @pytest.mark.parametrize("route", ROUTES, ids=[each[1] for each in ROUTES])
    def test_an_answer_is_taken_for_nothing(self, http, ada, route):
        method, path, body, status = route
        sent = {**body, "challenge": "anything"}
        assert ask(http, path, sent, method=method).status_code == status

    def test_nothing_is_shown_and_nothing_read(self, browser, ada, statements):
        with statements() as seen:
            browser.open("/login")
        assert "challenge" not in browser.response.text.lower()
        assert "counters" not in " ".join(seen)
        browser.submit(username=ADA, password=PASSWORD)
        assert browser.response.request.path == "/account"
