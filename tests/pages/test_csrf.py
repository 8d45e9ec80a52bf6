"""The guard of security/csrf.py at the forms of accounts (security.md §7)."""

import pytest

from tests.browsing import Browser
from tests.hosted_pages import ORIGIN
from tests.make_users import PASSWORD
from tests.rp import RelyingParty


def post(browser, account, *, headers, token=None):
    form = dict(browser.page.forms[0].fields)
    form |= {"username": account.email, "password": PASSWORD}
    if token is not None:
        form["csrf_token"] = token
    return browser.http.post("/login", data=form, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://sub.idp.example"},
        {"Origin": "http://idp.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_another_site_changes_nothing(browser, make, headers):
    account = make.users.account()
    browser.open("/login")
    assert post(browser, account, headers=headers).status_code == 403
    assert browser.cookie() is None
    assert make.records.counted("csrf.rejected") == 1


def test_a_bearer_token_beside_the_cookie_opens_no_page(browser, make):
    account = make.users.account()
    browser.open("/login")
    headers = {"Origin": "https://evil.example", "Authorization": "Bearer x"}
    assert post(browser, account, headers=headers).status_code == 403
    assert browser.cookie() is None


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_form_of_ours_needs_no_referer(browser, make, headers):
    account = make.users.account()
    browser.open("/login")
    assert post(browser, account, headers=headers).status_code == 303


@pytest.mark.parametrize("token", ["", "forged", "a" * 32 + "." + "b" * 43, "\udcff."])
def test_a_token_that_was_never_issued_is_refused(browser, make, token):
    account = make.users.account()
    browser.open("/login")
    sent = token.encode("utf-8", "surrogateescape")
    answer = post(browser, account, headers={"Origin": ORIGIN}, token=sent)
    assert answer.status_code == 403


def test_a_form_left_open_leads_on_when_another_tab_has_signed_in(browser, make):
    account = make.users.account()
    browser.open("/login?return_to=/account/password")
    left_open = browser.response
    browser.sign_in(account.email, PASSWORD)
    browser.response = left_open
    answer = browser.send(username=account.email, password=PASSWORD)
    assert answer.status_code == 303
    browser.follow(answer)
    assert browser.response.request.path == "/account/password"


def test_a_form_of_a_browser_that_forgot_its_cookies_is_shown_anew(browser, make):
    account = make.users.account()
    browser.open("/login")
    browser.http.delete_cookie("__Host-idp-pre", domain="idp.example")
    browser.submit(username=account.email, password=PASSWORD)
    assert browser.response.request.path == "/login"
    assert "the cookie that belongs to this form is gone" in browser.text
    assert "blocking cookies" not in browser.text
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/account"


def test_a_sign_up_goes_on_without_the_cookie_it_began_with(browser, make):
    """What was typed is still there but the password, and so is the app."""
    rp = RelyingParty(browser.http, make.clients.own_app(scope="openid"))
    browser.response = rp.reach(prompt="create")
    browser.http.delete_cookie("__Host-idp-pre", domain="idp.example")
    browser.submit(name="Ada L.", email="ada@example.com", password=PASSWORD)
    fields = dict(browser.page.forms[0].fields)
    assert (fields["name"], fields["email"]) == ("Ada L.", "ada@example.com")
    assert fields["password"] == ""
    assert PASSWORD not in browser.response.text
    assert "to continue to Notes" in browser.text
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/email-verification"
    assert "interaction" in browser.response.request.url


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_a_browser_that_keeps_no_cookies_is_told_so(app, http, path):
    browser = Browser(app)
    browser.http = app.test_client(use_cookies=False)
    browser.open(path)
    typed = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    for _ in range(2):
        assert "Your browser is blocking" not in browser.text
        browser.submit(**typed)
    assert browser.response.request.path == path
    assert "Your browser is blocking cookies from idp.example" in browser.text
    assert browser.title.startswith("Error: ")
