"""Signing in by mail on pages: in the browser that asked, which one can see."""

import pytest

from tests.rp import RelyingParty

ADA = "ada@example.com"
ASK, LINK = "/login/link", "Email me a sign-in link"
ELSEWHERE = "Use the code in your first browser"
WRONG = "That code isn’t right, or it has expired."


@pytest.fixture
def ada(make):
    return make.users.account(ADA)


def ask(browser, address=ADA):
    """Ask for a link as the sign-in page leads to it."""
    browser.open(next(url for url in browser.page.links if url.startswith(ASK)))
    return browser.submit(ASK, email=address)


def mailed(make, address=ADA):
    return [m for m in make.records.mails_to(address) if m.kind == "magic_link"][-1]


@pytest.fixture
def browser(browser):
    browser.open("/login")
    return browser


def test_a_link_leads_on_to_the_app_that_waits(browser, ada, make):
    notes = RelyingParty(browser.http, make.clients.spa(first_party=True))
    browser.follow(notes.ask())
    ask(browser)
    assert browser.title == "Check your email – idp"
    browser.open(mailed(make).link)
    assert f"as {ADA}" in browser.text
    assert "It was asked for on" in browser.text
    done = notes.finish(browser.follow(browser.send()))
    assert done.claims["sub"] == ada.id
    assert done.claims["amr"] == ["otp"]


def test_a_code_does_the_same(browser, ada, make):
    notes = RelyingParty(browser.http, make.clients.spa(first_party=True))
    browser.follow(notes.ask())
    ask(browser)
    code = mailed(make).code
    wrong = "000000" if code != "000000" else "111111"
    browser.submit(f"{ASK}/code", code=wrong)
    assert WRONG in browser.text
    answer = browser.send(f"{ASK}/code", code=f"{code[:3]} {code[3:]}")
    assert notes.finish(browser.follow(answer)).claims["sub"] == ada.id


def test_another_browser_is_told_to_use_the_code_in_the_first(
    browser, another_browser, ada, make
):
    ask(browser)
    other, mail = another_browser(), mailed(make)
    other.open(mail.link)
    assert ELSEWHERE in other.text
    assert ADA not in other.text
    token = dict(other.open("/login") and other.page.forms[0].fields)["csrf_token"]
    form = {"csrf_token": token, "token": mail.token}
    other.response = other.http.post(
        "/auth/sign-in/token", data=form, headers={"Origin": "https://idp.example"}
    )
    assert other.response.status_code == 200
    assert ELSEWHERE in other.text
    assert other.cookie() is None
    browser.submit(f"{ASK}/code", code=mail.code)
    assert browser.response.request.path == "/account"


def test_looking_changes_nothing(browser, another_browser, ada, make):
    ask(browser)
    link, scanner = mailed(make).link, another_browser()
    for _ in range(5):
        for looking in (browser, scanner):
            assert looking.http.head(link).status_code == 200
            assert looking.http.get(link).status_code == 200
    browser.open(link)
    browser.submit()
    assert browser.response.request.path == "/account"
    browser.open(link)
    assert "This link has expired or was already used." in browser.text


def test_a_code_in_a_browser_that_did_not_ask_is_told_so(
    browser, another_browser, ada, make
):
    other = another_browser()
    other.open("/login")
    ask(other, "other@example.com")
    other.http.delete_cookie("__Host-idp-mail", domain="idp.example")
    ask(browser)
    other.submit(f"{ASK}/code", email=ADA, code=mailed(make).code)
    assert "This browser has not asked for a code" in other.text
    browser.submit(f"{ASK}/code", code=mailed(make).code)
    assert browser.response.request.path == "/account"


def test_who_is_signed_in_as_another_is_told_that_they_stay_so(browser, ada, make):
    bob = make.browsers.sign_in(browser.http, email="bob@example.com").person
    browser.open("/login?switch=1")
    ask(browser)
    for link in (mailed(make).link, make.users.sign_in_link(ada)):
        browser.open(link)
        assert f"{bob.email} stays signed in here." in browser.text
    browser.submit()
    browser.open("/login/select")
    assert bob.email in browser.text


def test_a_second_factor_stays_due(browser, ada, make):
    make.factors.totp(ada)
    ask(browser)
    browser.open(mailed(make).link)
    browser.submit()
    assert browser.response.request.path == "/login/second-factor"
    assert browser.cookie() is None


def test_it_is_sent_again_and_the_newest_counts(browser, ada, make):
    ask(browser)
    first = mailed(make)
    browser.submit(ASK)
    assert mailed(make).link != first.link
    browser.open(first.link)
    assert browser.response.status_code == 400
    browser.open(mailed(make).link)
    browser.submit()
    assert browser.response.request.path == "/account"


@pytest.mark.parametrize("address", [ADA, "nobody@example.com"])
def test_the_page_says_the_same_of_every_address(browser, ada, address):
    ask(browser, address)
    said = f"If there’s an account for {address} , we’ve sent a message."
    assert said in browser.text
    browser.submit(f"{ASK}/code", code="12345678")
    assert WRONG in browser.text


def test_who_is_signed_in_goes_on(browser, make):
    make.browsers.sign_in(browser.http)
    browser.open(ASK)
    assert browser.response.request.path == "/account"


def test_it_is_offered_and_taken_only_where_it_is_allowed(browser, ada, make):
    ask(browser)
    sent, mail = browser.page, mailed(make)
    app = make.clients.spa(first_party=True)
    make.policies.decide("client", app.client_id, sign_in_methods=["password"])
    waiting = RelyingParty(browser.http, app).reach()
    assert LINK not in waiting.text
    make.policies.decide(sign_in_methods=["password"])
    browser.open(mail.link)
    assert browser.response.status_code == 400
    fields = dict(sent.forms[0].fields)
    for action, typed in ((ASK, {}), (f"{ASK}/code", {"code": mail.code})):
        answer = browser.http.post(
            action, data=fields | typed, headers={"Origin": "https://idp.example"}
        )
        assert answer.location == "/login"
    browser.open(ASK)
    assert browser.response.request.path == "/login"
    assert LINK not in browser.text


def test_an_address_is_wanted(browser):
    browser.open(ASK)
    browser.submit(ASK, email="")
    assert "Enter your email address." in browser.text


class TestMails:
    @pytest.fixture
    def environ(self):
        return {"IDP_RATELIMIT_MAIL_IP": "1/hour", "IDP_RATELIMIT_LOGIN_IP": "1/hour"}

    def test_and_codes_have_limits(self, browser, ada):
        ask(browser)
        browser.submit(f"{ASK}/code", code="000000x")
        browser.submit(f"{ASK}/code", code="000000x")
        assert browser.response.status_code == 429
        browser.submit(ASK)
        assert browser.response.status_code == 429
        assert "Too many tries." in browser.text
