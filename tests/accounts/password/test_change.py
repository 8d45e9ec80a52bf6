import pytest

from idp.accounts.events import PasswordChanged, SessionsEnded
from idp.core.events import EventBus
from tests.make_users import PASSWORD

NEW = "seven loud geese in the rain"


def may_sign_in(browser, account, password):
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.sign_in(account.email, password)
    return browser.response.request.path == "/account"


def test_the_old_password_is_asked_and_the_new_one_holds(browser, make):
    account = make.users.account()
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password="wrong", password=NEW)
    assert "This isn’t your current password." in browser.text
    browser.submit(current_password=PASSWORD, password=NEW)
    assert "Your password was changed." in browser.text
    assert make.records.audited("password.changed") == [
        ("refused", account.id),
        ("ok", account.id),
    ]
    assert may_sign_in(browser, account, NEW)
    assert not may_sign_in(browser, account, PASSWORD)


def test_every_other_session_ends_and_this_one_gets_a_new_cookie(
    browser, another_browser, make
):
    account, other = make.users.account(), another_browser()
    for each in (browser, other):
        each.sign_in(account.email, PASSWORD)
    before = browser.cookie()
    browser.open("/account/password")
    browser.submit(current_password=PASSWORD, password=NEW)
    assert browser.cookie() != before
    assert "Your account" in browser.open("/account").text
    other.open("/account")
    assert other.response.request.path == "/login"
    browser.use_cookie(before)
    browser.open("/account")
    assert browser.response.request.path == "/login"


def test_the_owner_is_told_by_mail(browser, make):
    account = make.users.account()
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password="wrong", password=NEW)
    assert make.records.mails_to(account.email) == []
    browser.submit(current_password=PASSWORD, password=NEW)
    mail = make.records.mail_to(account.email)
    assert mail.kind == "password_changed"
    assert mail.link == "/forgot-password"


def test_higher_slices_are_told(browser, app, make):
    account, told = make.users.account(), []
    for kind in (PasswordChanged, SessionsEnded):
        app.extensions["idp"][EventBus].subscribe(kind, told.append)
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password=PASSWORD, password=NEW)
    assert [type(event) for event in told] == [SessionsEnded, PasswordChanged]
    assert {event.user_id for event in told} == {account.id}
    assert told[0].except_session_id


def test_a_change_of_address_that_is_pending_ends_with_the_old_password(
    browser, another_browser, make
):
    account, thief = make.users.account(), another_browser()
    thief.sign_in(account.email, PASSWORD)
    thief.open("/account/email")
    thief.submit("/account/email", new_email="thief@example.com")
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password=PASSWORD, password=NEW)
    link = make.records.mail_to("thief@example.com").link
    assert thief.open(link).status_code == 400
    assert "thief@example.com" not in browser.open("/account/email").text


def test_a_mailed_link_to_a_new_password_ends_with_the_old_one(
    browser, another_browser, make
):
    account, thief = make.users.account(), another_browser()
    thief.open("/forgot-password")
    thief.submit(email=account.email)
    link = make.records.mail_to(account.email).link
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password=PASSWORD, password=NEW)
    assert thief.open(link).status_code == 400


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("Password123456", "easy to guess"),
        (PASSWORD, "different from the old one"),
    ],
)
def test_a_password_that_is_not_taken_changes_nothing(browser, make, password, reason):
    account = make.users.account()
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password=PASSWORD, password=password)
    assert reason in browser.text
    assert browser.title.startswith("Error: ")
    assert may_sign_in(browser, account, PASSWORD)


def test_a_handed_out_password_is_replaced_before_anything_else(browser, make):
    account = make.users.account(must_change_password=True)
    browser.open("/login?return_to=/account")
    browser.submit(username=account.email, password=PASSWORD)
    assert "Set your own password" in browser.text
    browser.open("/account")
    assert browser.response.request.path == "/account/password"
    browser.submit(password=PASSWORD)
    assert "different from the old one" in browser.text
    browser.submit(password=NEW)
    assert browser.response.request.path == "/account"
    assert may_sign_in(browser, account, NEW)


def test_a_handed_out_password_has_to_be_typed_again_later(browser, make, clock):
    account = make.users.account(must_change_password=True)
    browser.sign_in(account.email, PASSWORD)
    clock.tick(minutes=11)
    browser.open("/account/password")
    browser.submit(password=NEW)
    assert "This isn’t your current password." in browser.text
    browser.submit(current_password=PASSWORD, password=NEW)
    assert browser.response.request.path == "/account"


def test_password_managers_find_the_form_and_whose_it_is(browser, make):
    account = make.users.account()
    found = browser.http.get("/.well-known/change-password")
    assert (found.status_code, found.location) == (302, "/account/password")
    assert browser.http.get("/.well-known/no-such-thing").status_code == 404
    browser.sign_in(account.email, PASSWORD)
    fields = dict(browser.page.forms[0].fields) if browser.page.forms else {}
    browser.open("/account/password")
    fields = dict(browser.page.forms[0].fields)
    assert fields["username"] == account.email


def test_the_account_name_in_the_form_decides_nothing(browser, make):
    account, victim = make.users.account(), make.users.account()
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(username=victim.email, current_password=PASSWORD, password=NEW)
    assert may_sign_in(browser, victim, PASSWORD)
