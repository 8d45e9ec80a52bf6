"""Who presses a button twice, or loses an answer, ends where the first one led."""

import pytest

from tests.api.people import ADA
from tests.issuer import ISSUER

PRIVATE = {"IDP_ACCOUNT_PRIVACY": "private"}
ADDRESS = ADA["email"]
TYPED = {"email": ADDRESS, "password": ADA["password"], "username": "ada"}


def sign_up_losing_the_answer(browser):
    """Send the form, and keep the cookies of before; return what was sent."""
    browser.open("/register")
    form = dict(browser.page.forms[-1].fields) | TYPED
    kept = browser.http.get_cookie("__Host-idp-pre", domain="idp.example").value
    browser.send(**TYPED)
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.http.set_cookie("__Host-idp-pre", kept, domain="idp.example", secure=True)
    return form


def send_again(browser, form):
    return browser.http.post("/register", data=form, headers={"Origin": ISSUER})


def test_a_sign_up_that_is_sent_again_goes_on(browser, another_browser, make, clock):
    form = sign_up_losing_the_answer(browser)
    again = send_again(browser, form)
    assert again.status_code == 303, again.text
    assert len(make.records.mails_to(ADDRESS)) == 1
    browser.open("/email-verification")
    browser.submit(code=make.records.mail_to(ADDRESS).code)
    assert browser.open("/account").status_code == 200
    another = another_browser()
    another.open("/register")
    assert "This username is taken" in another.submit(**TYPED).text


@pytest.mark.parametrize("change", [{"password": "seven loud geese on the hill"}, {}])
def test_no_other_sign_up_goes_on(browser, make, clock, change):
    form = sign_up_losing_the_answer(browser) | change
    if not change:
        clock.tick(minutes=11)
    again = send_again(browser, form)
    assert (again.status_code, "__Host-idp=" in str(again.headers)) == (200, False)
    assert "This username is taken" in again.text


@pytest.mark.parametrize("environ", [PRIVATE])
def test_one_that_waits_for_its_proof_is_mailed_once(browser, make):
    form = sign_up_losing_the_answer(browser)
    again = send_again(browser, form)
    assert "Check your email" in again.text
    assert len(make.records.mails_to(ADDRESS)) == 1


@pytest.mark.parametrize("environ", [{}, PRIVATE], ids=["open", "private"])
def test_a_confirmation_link_that_is_opened_again_says_so(
    browser, another_browser, make
):
    browser.open("/register")
    browser.send(**TYPED)
    mail = make.records.mail_to(ADDRESS)
    browser.open(mail.link)
    browser.submit()
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.open(mail.link)
    assert (browser.title, "Sign in" in browser.text) == ("Email confirmed – idp", True)
    elsewhere = another_browser().http
    again = elsewhere.post("/auth/email-verification", json={"token": mail.token})
    assert again.status_code == 204
    browser.open(f"/email-verification?token={mail.token[::-1]}")
    assert browser.response.status_code == 400
