"""The page where a sign-in that waits is finished by a mailed code."""

import pytest

from tests.rp import RelyingParty

PATH = "/login/second-factor"
WRONG = "That code isn’t right. Use the one of the newest email; it holds ten minutes."


@pytest.fixture
def ada(make, clock):
    make.policies.decide(second_factor="required", email_code="on")
    return make.users.account("ada@example.com")


def codes(make, account):
    mails = make.records.mails_to(account.email)
    return [mail.code for mail in mails if mail.kind == "second_factor_code"]


def test_it_is_mailed_by_a_button_and_signs_in(browser, ada, make):
    browser.sign_in(ada.email, ada.password)
    assert browser.title == "Get a code by email – idp"
    assert codes(make, ada) == []
    browser.submit(f"{PATH}/mail")
    assert browser.title == "Check your email – idp"
    [code] = codes(make, ada)
    wrong = "000000" if code != "000000" else "111111"
    browser.submit(PATH, code=wrong)
    assert WRONG in browser.text
    browser.submit(PATH, code=code)
    assert browser.response.request.path == "/account"


def test_it_is_sent_again(browser, ada, make):
    browser.sign_in(ada.email, ada.password)
    browser.submit(f"{PATH}/mail")
    browser.submit(f"{PATH}/mail")
    assert len(codes(make, ada)) == 2
    browser.submit(PATH, code=codes(make, ada)[-1])
    assert browser.response.request.path == "/account"


def test_too_many_are_not_sent(browser, ada, make):
    browser.sign_in(ada.email, ada.password)
    for _ in range(11):
        browser.submit(f"{PATH}/mail")
    assert browser.response.status_code == 429
    assert len(codes(make, ada)) == 10


def test_it_leads_on_to_what_waits_and_says_so(browser, ada, make):
    spa = make.clients.spa(client_name="Notes", first_party=True)
    notes = RelyingParty(browser.http, spa)
    browser.follow(notes.ask())
    browser.submit(username=ada.email, password=ada.password)
    browser.submit(f"{PATH}/mail")
    assert "\nTo go on to Notes\n" in make.records.mail_to(ada.email).text
    answer = browser.send(PATH, code=codes(make, ada)[-1])
    assert notes.finish(browser.follow(answer)).claims["sub"] == ada.id


def test_nothing_is_sent_where_nothing_waits(browser, ada, make):
    browser.open("/login")
    token = dict(browser.page.forms[0].fields)["csrf_token"]
    answer = browser.http.post(
        f"{PATH}/mail",
        data={"csrf_token": token},
        headers={"Origin": "https://idp.example"},
    )
    assert answer.location.startswith("/login")
    assert codes(make, ada) == []
