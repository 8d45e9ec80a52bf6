"""A password that a directory has is not set here."""

import pytest

from idp.accounts.password.reset import issue_reset_link
from idp.accounts.users import get_user
from idp.core.db import db
from idp.federation.providers.registry import switch_provider
from tests.federation.ldap.company import ADDRESS, signed_in
from tests.hosted_pages import ORIGIN

SAME_ORIGIN = {"Origin": ORIGIN}
NEW = "a password that is set here"
MANAGED = "Managed by Corp. Change your password there."


@pytest.fixture
def browser(corp, ada):
    """The browser of a user of the directory."""
    corp.set_up()
    return corp.sign_in()


@pytest.fixture
def link(browser, make, app):
    """A link to a new password, as it is mailed."""
    user_id = make.records.user_id_of(ADDRESS)
    with app.app_context():
        user = get_user(user_id)
        handed = issue_reset_link(user, by="cli")
        db.session.commit()
    return handed.url.removeprefix("https://idp.example")


def test_the_page_of_the_account_says_whose_it_is(browser):
    for page in ("/account/security", "/account/password"):
        browser.open(page)
        assert MANAGED in browser.text
    assert "Set a password" not in browser.text


def test_so_does_the_page_of_a_mailed_link(browser, link, make):
    browser.open(link)
    assert MANAGED in browser.text
    assert not [f for f in browser.page.forms if f.action == "/password-reset"]
    user = make.records.user_row(make.records.user_id_of(ADDRESS))
    assert user["password_hash"] is None


def test_programs_are_told_too(http, link, make):
    token = link.partition("token=")[2]
    body = {"token": token, "password": NEW}
    answer = http.post("/auth/password-reset", json=body)
    assert answer.status_code == 409
    assert answer.json["code"] == "password_managed"
    assert answer.json["managed_by"] == "Corp"
    user = make.records.user_row(make.records.user_id_of(ADDRESS))
    assert user["password_hash"] is None


def test_where_the_directory_is_gone_a_password_can_be_set(app, corp, browser, link):
    with app.app_context():
        switch_provider("corp", off=True)
        db.session.commit()
    browser.open(link)
    browser.submit(password=NEW)
    assert signed_in(corp.sign_in(password=NEW))


def test_a_password_from_before_confirms_nothing(corp, ada, make, clock):
    local = make.users.account(ADDRESS)
    corp.set_up(link="verified")
    browser = corp.sign_in()
    clock.tick(minutes=11)
    browser.open("/account/confirm")
    answer = browser.http.post(
        "/account/confirm", data={"password": local.password}, headers=SAME_ORIGIN
    )
    assert answer.status_code != 303
