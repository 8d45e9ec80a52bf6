"""The identifier first, the ways in on the next page."""

import pytest

from tests.make_users import PASSWORD
from tests.rp import RelyingParty

REFUSED = "The email or password isn’t right."
LOGINS = ("known@example.com", "bare@example.com", "gone@example.com", "nobody")


@pytest.fixture
def environ():
    return {"IDP_IDENTIFIER_FIRST": "true"}


@pytest.fixture
def accounts(make):
    """An account with a password, one without, one that is disabled."""
    make.users.account("known@example.com", username="known")
    make.users.account("bare@example.com", password=None)
    make.users.account("gone@example.com", status="disabled")


def fields(browser, form=0):
    sent = browser.page.forms[form].fields
    return {name: value for name, value in sent if name != "csrf_token"}


def name(browser, login):
    browser.open("/login")
    return browser.submit(username=login)


def test_a_person_is_named_and_then_signs_in(browser, accounts):
    browser.open("/login?return_to=/account/profile")
    assert "password" not in fields(browser)
    browser.submit(username="known@example.com")
    assert browser.response.status_code == 200
    assert fields(browser)["username"] == "known@example.com"
    assert 'autocomplete="username"' in browser.response.text
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/account/profile"


def test_a_wrong_password_stays_on_the_second_page(browser, accounts):
    name(browser, "known@example.com")
    browser.submit(password="wrong wrong wrong")
    assert REFUSED in browser.text
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/account"


def test_nobody_named_is_asked_for_again(browser):
    name(browser, " ")
    assert "Enter your email or username." in browser.text
    assert "password" not in fields(browser)


def test_a_password_manager_may_send_both_at_once(browser, accounts):
    browser.open("/login")
    answer = browser.send(username="known@example.com", password=PASSWORD)
    assert answer.status_code == 303


def test_another_account_may_be_named_instead(browser, accounts):
    name(browser, "nobody@example.com")
    back = next(link for link in browser.page.links if "switch=1" in link)
    browser.open(back)
    assert fields(browser)["username"] == ""


def test_who_has_no_account_is_offered_one(browser, make):
    name(browser, "new@example.com")
    assert "There’s no account for new@example.com" in browser.text
    assert "data-passkey" not in browser.response.text
    browser.submit("/register")
    assert fields(browser)["email"] == "new@example.com"
    assert "Please check" not in browser.text
    browser.submit(password=PASSWORD)
    assert browser.cookie()


def test_a_username_that_nobody_has_is_offered_too(browser):
    name(browser, "new-one")
    browser.submit("/register")
    assert fields(browser)["username"] == "new-one"


def test_where_nobody_may_sign_up_that_is_not_offered(browser, make):
    name(browser, "new@example.com")
    page = browser.response
    make.policies.decide(registration="closed")
    assert browser.submit("/register").status_code == 403
    name(browser, "new@example.com")
    assert "There’s no account" in browser.text
    assert "/register" not in browser.response.text
    assert "/register" in page.text


def test_who_has_no_password_is_not_asked_for_it(browser, accounts):
    name(browser, "bare@example.com")
    assert "has no password" in browser.text
    assert 'name="password"' not in browser.response.text
    assert "data-passkey" in browser.response.text
    assert "/forgot-password" in browser.page.links


def test_a_link_is_mailed_to_the_address_that_was_named(browser, accounts, make):
    browser.open("/login?return_to=/account/profile")
    browser.submit(username="known@example.com")
    browser.submit("/login/link")
    assert "If there’s an account for known@example.com" in browser.text
    mail = make.records.mail_to("known@example.com")
    browser.submit("/login/link/code", code=mail.code)
    assert browser.response.request.path == "/account/profile"


def test_who_was_named_by_a_username_is_asked_for_the_address(browser, accounts):
    name(browser, "known")
    browser.submit("/login/link")
    assert "Enter your email address." in browser.text
    assert fields(browser)["email"] == "known"


def test_markup_in_a_name_is_shown_as_it_is(browser):
    name(browser, '<b>x</b>"@example.com')
    assert "<b>x" not in browser.response.text
    assert "<b>x</b>" in browser.text


def test_beyond_the_limit_the_page_tells_nothing_and_goes_on(browser, accounts):
    for _ in range(30):
        name(browser, "nobody@example.com")
    assert "There’s no account" in browser.text
    name(browser, "nobody@example.com")
    assert fields(browser)["username"] == "nobody@example.com"
    assert "There’s no account" not in browser.text
    name(browser, "known@example.com")
    browser.submit(password=PASSWORD)
    assert browser.cookie()


class TestPrivate:
    @pytest.fixture
    def environ(self):
        return {"IDP_IDENTIFIER_FIRST": "true", "IDP_ACCOUNT_PRIVACY": "private"}

    def test_everybody_gets_the_same_next_page(
        self, another_browser, accounts, statements
    ):
        """U13."""
        pages, before = set(), another_browser()
        before.open("/login")
        before.submit(username="somebody@example.com")  # what the process keeps is read
        for login in LOGINS:
            browser = another_browser()
            browser.open("/login")
            with statements() as seen:
                browser.submit(username=login)
            token = dict(browser.page.forms[0].fields)["csrf_token"]
            body = browser.response.text.replace(f'value="{login}"', "")
            headers = [
                (name, value.replace(token, ""))
                for name, value in browser.response.headers
                if name not in ("Content-Length", "X-Request-Id")
            ]
            told = body.replace(token, ""), str(headers)
            pages.add((browser.response.status_code, *told, tuple(seen)))
            assert "password" in fields(browser)
        assert len(pages) == 1


class TestAtOneClient:
    @pytest.fixture
    def environ(self):
        return {}

    def test_a_policy_asks_who_first_there_alone(self, browser, make):
        client = make.clients.spa(first_party=True)
        ada = make.users.account()
        make.policies.decide("client", client.client_id, identifier_first=True)
        app = RelyingParty(browser.http, client)
        browser.response = app.reach()
        assert "password" not in fields(browser)
        browser.submit(username=ada.email)
        browser.follow(browser.send(password=PASSWORD))
        assert browser.response.location.startswith(client.redirect_uri)
        browser.http.delete_cookie("__Host-idp", domain="idp.example")
        browser.open("/login")
        assert "password" in fields(browser)
