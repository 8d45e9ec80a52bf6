from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from idp.accounts.password.by_operators import issue_reset_link
from idp.accounts.sign_in.links import issue_link
from idp.accounts.users import get_user
from idp.core.db import db
from tests.make_users import PASSWORD

ENDED = "This link has expired or was already used."


def test_the_button_signs_in_and_looking_does_not(browser, another_browser, make):
    account = make.users.account()
    link, scanner = make.users.sign_in_link(account), another_browser()
    for _ in range(5):
        assert scanner.http.head(link).status_code == 200
        assert scanner.open(link).status_code == 200
    browser.open(link)
    assert f"as {account.email}" in browser.text
    browser.submit()
    assert browser.response.request.path == "/account"
    assert make.records.audited("magic.used") == [("ok", account.id)]


def test_a_link_works_once_and_for_ten_minutes(browser, another_browser, make, clock):
    account = make.users.account()
    link, late = make.users.sign_in_link(account), another_browser()
    browser.open(link)
    browser.submit()
    assert late.open(link).status_code == 400
    assert ENDED in late.text
    link = make.users.sign_in_link(account)
    late.open(link)
    clock.tick(minutes=10)
    assert late.submit().status_code == 400
    assert late.cookie() is None


def test_a_newer_link_voids_the_older(browser, make):
    account = make.users.account()
    older = make.users.sign_in_link(account)
    make.users.sign_in_link(account)
    assert browser.open(older).status_code == 400


def test_a_disabled_user_is_not_signed_in(browser, make):
    account = make.users.account()
    link = make.users.sign_in_link(account)
    make.users.set_status(account, "disabled")
    assert browser.open(link).status_code == 400


def test_who_was_disabled_after_opening_the_link_is_not_signed_in(browser, app, make):
    browser.open(make.users.sign_in_link(make.users.account()))
    with app.app_context():
        db.session.execute(text("UPDATE users SET status = 'disabled'"))
        db.session.commit()
    assert browser.submit().status_code == 400
    assert browser.cookie() is None


def test_a_confirmation_link_does_not_sign_in(browser, make):
    account = make.users.account(email_verified=False)
    browser.sign_in(account.email, PASSWORD)
    token = make.records.mail_to(account.email).token
    assert browser.open(f"/auth/sign-in/token?token={token}").status_code == 400


def test_a_link_stands_for_no_password_that_was_handed_out(browser, make):
    admin = make.users.account(must_change_password=True, roles=("admin",))
    browser.open(make.users.sign_in_link(admin))
    browser.submit()
    assert "Set your own password" in browser.text
    browser.submit(password="seven loud geese in the rain")
    assert "This isn’t your current password." in browser.text
    browser.submit(current_password=PASSWORD, password="seven loud geese in the rain")
    assert browser.response.request.path == "/account"


def test_an_admin_who_lost_the_one_time_password_sets_a_new_one_by_a_link(
    browser, app, make
):
    admin = make.users.account(must_change_password=True, email_verified=False)
    with app.app_context():
        link = issue_reset_link(get_user(admin.id), by="operator").url
        db.session.commit()
    browser.open(link.removeprefix("https://idp.example"))
    browser.submit(password="seven loud geese in the rain")
    browser.submit(username=admin.email, password="seven loud geese in the rain")
    assert browser.response.request.path == "/email-verification"


def test_a_link_stands_for_no_password_of_its_owner(browser, make):
    account = make.users.account()
    browser.open(make.users.sign_in_link(account))
    browser.submit()
    browser.open("/account/password")
    browser.submit(password="seven loud geese in the rain")
    assert "This isn’t your current password." in browser.text
    assert "/forgot-password" in browser.page.links
    browser.submit(current_password=PASSWORD, password="seven loud geese in the rain")
    assert "Your password was changed." in browser.text


def test_who_came_by_a_link_and_has_no_password_sets_one(browser, make):
    account = make.users.account(password=None)
    browser.open(make.users.sign_in_link(account))
    browser.submit()
    browser.open("/account/password")
    browser.submit(password=PASSWORD)
    assert "Your password was changed." in browser.text


def test_ten_minutes_later_they_get_one_by_mail(browser, make, clock):
    account = make.users.account(password=None)
    browser.open(make.users.sign_in_link(account))
    browser.submit()
    clock.tick(minutes=11)
    assert "Your account has no password yet." in browser.open("/account/password").text
    browser.open("/forgot-password")
    browser.submit()
    browser.open(make.records.mail_to(account.email).link)
    browser.submit(password=PASSWORD)
    browser.submit(username=account.email, password=PASSWORD)
    assert browser.response.request.path == "/account"


def test_a_new_password_voids_links_that_sign_in(browser, another_browser, make):
    account, thief = make.users.account(), another_browser()
    link = make.users.sign_in_link(account)
    browser.sign_in(account.email, PASSWORD)
    browser.open("/account/password")
    browser.submit(current_password=PASSWORD, password="seven loud geese in the rain")
    assert thief.open(link).status_code == 400


def test_of_many_presses_at_once_one_signs_in(another_browser, make):
    link = make.users.sign_in_link(make.users.account())
    browsers = [another_browser() for _ in range(8)]
    for browser in browsers:
        browser.open(link)
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(lambda b: b.send().status_code, browsers))
    assert sorted(answers) == [303] + [400] * 7
    assert sum(browser.cookie() is not None for browser in browsers) == 1


@pytest.mark.parametrize("issue", [issue_link, issue_reset_link])
def test_whose_link_was_shown_to_somebody_is_mailed_that_and_not_the_link(
    app, make, issue
):
    account = make.users.account()
    with app.app_context():
        url = issue(get_user(account.id), by="operator").url
        db.session.commit()
    mail = make.records.mail_to(account.email)
    assert mail.kind == "link_handed_out"
    assert "one-time link" in mail.text
    assert url.partition("?")[2] not in mail.text


def test_a_link_that_was_shown_to_somebody_proves_no_address(browser, app, make):
    account = make.users.account(email_verified=False)
    browser.open(make.users.sign_in_link(account))
    browser.submit()
    assert make.records.user_row(account.id)["email_verified_at"] is None
