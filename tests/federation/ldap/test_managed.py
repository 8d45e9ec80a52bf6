"""A password that a directory has is not set here."""

import pytest

from idp.accounts.mail_answers import answer_due
from idp.accounts.password.by_operators import issue_reset_link, mail_reset_link
from idp.accounts.sign_in.ways.managed import UserPasswordManaged
from idp.accounts.users import get_user
from idp.administration.user_acts import require_password_change
from idp.cli.user_changes import OPERATOR_HERE
from idp.core.db import db
from idp.federation.providers.registry import switch_provider
from idp.security.requester import Requester
from tests.federation.ldap.company import ADDRESS, signed_in
from tests.federation.ldap.slapd import PASSWORD
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
    """A link to a new password, from before the directory had it."""
    user_id = make.records.user_id_of(ADDRESS)
    with app.app_context():
        switch_provider("corp", off=True)
        db.session.commit()
    with app.app_context():
        handed = issue_reset_link(get_user(user_id), by="cli")
        switch_provider("corp", off=False)
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


def test_who_asks_for_a_new_one_is_mailed_whose_it_is(app, browser, make):
    other = browser
    other.open("/forgot-password")
    other.submit(email=ADDRESS)
    with app.app_context():
        assert answer_due() == 1
    mail = make.records.mail_to(ADDRESS)
    assert mail.kind == "password_managed"
    assert "It is managed by Corp: change your password there" in mail.text
    assert "token=" not in mail.text


def test_operators_cannot_have_one_set(app, browser, make):
    user_id = make.records.user_id_of(ADDRESS)
    for act in (
        lambda user: mail_reset_link(
            user, by="cli", may_lift=True, requester=Requester()
        ),
        lambda user: issue_reset_link(user, by="cli"),
        lambda user: require_password_change(user, True, who=OPERATOR_HERE),
    ):
        with app.app_context(), pytest.raises(UserPasswordManaged) as refused:
            act(get_user(user_id))
        assert refused.value.members == {"managed_by": "Corp"}


def test_the_console_offers_none(browser, make, http):
    user_id = make.records.user_id_of(ADDRESS)
    make.browsers.sign_in(http, roles=["admin"])
    page = http.get(f"/admin/users/{user_id}").text
    assert f"/admin/users/{user_id}/reset" not in page
    assert f"/admin/users/{user_id}/link" in page


def test_who_was_on_the_way_elsewhere_is_told_too(browser):
    browser.open("/account/password?return_to=/account/profile")
    assert MANAGED in browser.text


def test_who_still_has_to_change_a_password_can(app, browser, make):
    user_id = make.records.user_id_of(ADDRESS)
    with app.app_context():
        get_user(user_id).must_change_password = True
        db.session.commit()
    browser.open("/account")
    assert browser.response.request.path == "/account/password"
    browser.submit(password=NEW, current_password=PASSWORD)
    assert signed_in(browser)
