"""Who presses a button twice, or loses an answer, ends where the first one led."""

import pytest

from tests.api.people import ADA
from tests.issuer import ISSUER
from tests.rp import RelyingParty

PRIVATE = {"IDP_ACCOUNT_PRIVACY": "private"}
ADDRESS = ADA["email"]
NEW = "seven loud geese in the rain"
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


def sent_twice(browser, *, later=lambda: None, second=None, **typed):
    """Press a button, lose the answer, and press it again; return both answers."""
    form, names = browser.page.forms[0], ("__Host-idp", "__Host-idp-pre")
    kept = {name: browser.cookie(name) for name in names if browser.cookie(name)}
    headers, answers = {"Origin": ISSUER, "Accept": "text/html"}, []
    for data in (typed, typed | (second or {})):
        for name, token in kept.items():
            browser.use_cookie(token, name)
        sent = dict(form.fields) | data
        answers.append(browser.http.post(form.action, data=sent, headers=headers))
        later()
    return answers


def open_reset(browser, make):
    """Ask for a link to a new password, and open it."""
    browser.open("/forgot-password")
    browser.submit(email=ADDRESS)
    link = make.records.mail_to(ADDRESS).link
    browser.open(link)
    return link


def test_a_password_that_is_set_again_leads_on(browser, another_browser, make, clock):
    make.users.account(ADDRESS)
    link = open_reset(browser, make)
    first, again = sent_twice(browser, password=NEW)
    assert first.location.split("=")[0] == again.location.split("=")[0]
    assert "Your password was changed." in browser.follow(again).text
    assert len(make.records.audited("password.reset.done")) == 1
    assert another_browser().open(link).status_code == 400
    open_reset(browser, make)
    wrong = {"password": "seven loud geese on the hill"}
    assert sent_twice(browser, password=NEW[::-1], second=wrong)[1].status_code == 400
    open_reset(browser, make)
    _, late = sent_twice(browser, password=NEW, later=lambda: clock.tick(minutes=11))
    assert late.status_code == 400
    assert len(make.records.audited("password.reset.done")) == 3


def test_a_program_sets_a_password_again_with_its_key(http, make):
    make.users.account(ADDRESS)
    http.post("/auth/password-reset/email", json={"email": ADDRESS})
    asked = {"token": make.records.mail_to(ADDRESS).token, "password": NEW}
    other = {"password": "seven loud geese on the hill"}
    tries = ("a", {}, 204), ("a", {}, 204), ("a", other, 200), ("b", {}, 200)
    for key, changed, status in tries:
        headers, body = {"Idempotency-Key": key}, asked | changed
        answer = http.post("/auth/password-reset", json=body, headers=headers)
        assert answer.status_code == status
    assert len(make.records.audited("password.reset.done")) == 1


def test_what_is_undone_again_leads_on(browser, another_browser, make):
    """To a new password, until that is set; in no other browser."""
    ada = make.users.account(ADDRESS)
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/email")
    browser.submit("/account/email", new_email="new@example.com")
    link = make.records.mail_to(ADDRESS).link
    owner, other = another_browser(), another_browser()
    other.open(link)
    owner.open(link)
    form = owner.response
    first, again = sent_twice(owner)
    assert first.location.startswith("/password-reset?token=")
    assert again.location.startswith("/password-reset?token=")
    assert len(make.records.audited("email.changed")) == 1
    assert other.send().status_code == 400
    owner.follow(again)
    owner.submit(password=NEW)
    owner.response = form
    assert owner.send().status_code == 400


def test_an_account_that_is_kept_again_is_kept(browser, make):
    ada = make.users.account(ADDRESS)
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/deletion")
    assert browser.response.request.path == "/account/data"
    browser.submit("/account/data/delete", confirm_email=ADDRESS)
    assert browser.title == "Your account will be deleted – idp"
    browser.open(make.records.mail_to(ADDRESS).link)
    done = "/account/deletion/undo/done"
    assert [answer.location for answer in sent_twice(browser)] == [done, done]


def test_a_no_that_is_said_again_is_a_no(browser, make):
    make.browsers.sign_in(browser.http, email=ADDRESS)
    rp = RelyingParty(browser.http, make.clients.spa(scope="openid"))
    browser.response = rp.reach()
    for answer in sent_twice(browser, decision="deny"):
        assert rp.checked(answer)["error"] == "access_denied"
