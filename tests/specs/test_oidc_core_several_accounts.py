"""Requests in a browser with several accounts (OIDC Core §3.1.2.1, §3.1.2.6)."""

import pytest

from tests.browsing import Browser
from tests.hosted_pages import follow
from tests.rp import RelyingParty


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", username="ada")


@pytest.fixture
def bob(make):
    return make.users.account("bob@example.com", username="bob")


@pytest.fixture
def rp(http, make, ada, bob):
    """An app in a browser in which Ada is active and Bob signed in too."""
    make.browsers.sign_in(http, person=ada)
    make.browsers.further(http, bob)
    return RelyingParty(http, make.clients.client(first_party=True))


@pytest.fixture
def asking(http, make, ada, bob):
    """An app that has to ask each of them for consent."""
    make.browsers.sign_in(http, person=ada)
    make.browsers.further(http, bob)
    return RelyingParty(http, make.clients.spa(scope="openid"))


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed))["error"]


def who(rp, **changed):
    return rp.finish(rp.ask(**changed)).claims["sub"]


def browser_of(rp):
    browser = Browser(rp.http.application)
    browser.http = rp.http
    return browser


class TestPromptNone:
    """§3.1.2.6: account_selection_required."""

    def test_with_several_and_no_hint_none_is_chosen(self, rp):
        assert error_of(rp, prompt="none") == "account_selection_required"

    def test_with_one_all_is_as_ever(self, rp, ada):
        rp.http.delete_cookie("__Host-idp-more", domain="idp.example")
        assert who(rp, prompt="none") == ada.id

    def test_one_whose_session_ended_does_not_count(self, rp, make, ada, bob):
        make.users.disable(bob.id)
        assert who(rp, prompt="none") == ada.id

    @pytest.mark.parametrize(
        "hint", ["bob@example.com", "BOB@Example.com", "bob", "other@example.com"]
    )
    def test_login_hint_names_one(self, rp, make, bob, hint):
        make.users.further_email(bob, "other@example.com")
        assert who(rp, prompt="none", login_hint=hint) == bob.id

    def test_login_hint_names_the_active_one(self, rp, ada):
        assert who(rp, prompt="none", login_hint=ada.email) == ada.id

    def test_login_hint_of_nobody_here_names_none(self, rp, make):
        eve = make.users.account("eve@example.com")
        for hint in (eve.email, "nobody@example.com", "a b", "@"):
            said = error_of(rp, prompt="none", login_hint=hint)
            assert said == "account_selection_required"

    def test_id_token_hint_names_one(self, rp, bob):
        hint = rp.finish(rp.ask(login_hint=bob.email)).tokens["id_token"]
        assert who(rp, prompt="none", id_token_hint=hint) == bob.id

    def test_id_token_hint_goes_before_login_hint(self, rp, ada, bob):
        hint = rp.finish(rp.ask(login_hint=bob.email)).tokens["id_token"]
        assert who(rp, id_token_hint=hint, login_hint=ada.email) == bob.id

    def test_id_token_hint_of_somebody_else_needs_a_sign_in(self, rp, http, make):
        eve = make.users.account("eve@example.com")
        other = rp.http.application.test_client()
        make.browsers.sign_in(other, person=eve)
        theirs = RelyingParty(other, rp.client)
        hint = theirs.finish(theirs.ask()).tokens["id_token"]
        assert error_of(rp, prompt="none", id_token_hint=hint) == "login_required"

    def test_what_is_missing_of_the_named_one_is_said(self, asking, make, bob):
        named = {"prompt": "none", "login_hint": bob.email}
        assert error_of(asking, **named) == "consent_required"
        make.users.hand_out_password(bob)
        assert error_of(asking, **named) == "interaction_required"

    def test_nobody_active_and_accounts_left_is_no_choice(self, rp):
        rp.http.delete_cookie("__Host-idp", domain="idp.example")
        assert error_of(rp, prompt="none") == "account_selection_required"

    def test_max_age_holds_for_the_named_one(self, rp, bob, clock):
        clock.tick(minutes=10)
        named = {"prompt": "none", "login_hint": bob.email}
        assert error_of(rp, **named, max_age="300") == "login_required"
        assert who(rp, **named, max_age="900") == bob.id


class TestPages:
    def test_without_a_hint_the_active_one_goes_on(self, rp, ada):
        assert who(rp) == ada.id

    def test_a_hint_is_answered_without_a_switch(self, rp, ada, bob):
        assert who(rp, login_hint=bob.email) == bob.id
        assert who(rp) == ada.id

    def test_where_something_is_due_the_user_switches_first(self, asking, bob):
        browser = browser_of(asking)
        browser.follow(asking.ask(login_hint=bob.email))
        assert browser.title == "Choose an account – idp"
        browser.submit(account=bob.id)
        assert browser.response.request.path == "/consent"
        assert bob.email in browser.text
        browser.submit(decision="allow")
        assert asking.finish(browser.response).claims["sub"] == bob.id

    def test_who_chooses_another_than_the_hint_goes_on(self, asking, ada, bob):
        browser = browser_of(asking)
        browser.follow(asking.ask(login_hint=bob.email))
        browser.submit(account=ada.id)
        assert browser.response.request.path == "/consent"
        assert ada.email in browser.text

    def test_a_hint_of_nobody_here_asks_who_it_is(self, rp, ada):
        browser = browser_of(rp)
        browser.follow(rp.ask(login_hint="eve@example.com"))
        assert browser.title == "Choose an account – idp"
        browser.submit(account=ada.id)
        assert rp.finish(browser.response).claims["sub"] == ada.id

    def test_the_named_one_signs_in_anew(self, rp, bob):
        browser = browser_of(rp)
        browser.follow(rp.ask(prompt="login", login_hint=bob.email))
        assert browser.response.request.path == "/login"
        assert bob.email in browser.response.text
        browser.submit(username=bob.email, password=bob.password)
        assert rp.finish(browser.response).claims["sub"] == bob.id

    def test_an_old_sign_in_of_the_named_one_is_renewed(self, rp, bob, clock):
        clock.tick(minutes=10)
        browser = browser_of(rp)
        browser.follow(rp.ask(max_age="300", login_hint=bob.email))
        browser.submit(account=bob.id)
        assert browser.response.request.path == "/login"
        browser.submit(username=bob.email, password=bob.password)
        assert rp.finish(browser.response).claims["sub"] == bob.id

    def test_select_account_asks_also_with_a_hint(self, rp, bob):
        page = follow(rp.http, rp.ask(prompt="select_account", login_hint=bob.email))
        assert page.request.path == "/login/select"

    def test_a_request_that_names_one_keeps_that_session_in_use(self, rp, bob, clock):
        for _ in range(4):
            clock.tick(minutes=50)
            assert who(rp, login_hint=bob.email, prompt="none") == bob.id

    def test_a_request_without_a_hint_looks_for_no_other_account(self, rp, statements):
        rp.ask()
        with statements() as several:
            rp.ask()
        rp.http.delete_cookie("__Host-idp-more", domain="idp.example")
        with statements() as alone:
            rp.ask()
        assert several == alone
