"""A user with several addresses is found, counted and taken back by each of them."""

import pytest

from idp.accounts.user_search import UserFilters, search
from idp.accounts.users import find_by_login, find_by_verified_address
from idp.core.paging import FirstItems
from idp.oauth.clients.access.holders import find_holders
from idp.oauth.clients.access.members import Holders

ADA, SECOND = "ada@example.com", "Second@grün.example"
TYPED = "SECOND@xn--grn-ioa.example"


@pytest.fixture
def ada(make):
    made = make.users.account(ADA, username="ada")
    make.users.further_email(made, SECOND)
    return made


def found_by(app, text):
    with app.app_context():
        return [user.id for user in search(UserFilters(text), FirstItems(9)).items]


def try_in(browser, login, password):
    """Sign in anew; return the path that it led to."""
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.sign_in(login, password)
    return browser.response.request.path


@pytest.mark.parametrize("login", [ADA, "ada", SECOND, TYPED])
def test_each_name_signs_in_however_it_is_typed(browser, ada, login):
    assert try_in(browser, login, ada.password) == "/account"


def test_rules_find_the_user_by_each(app, ada):
    with app.app_context():
        assert find_by_verified_address(TYPED).id == ada.id
        assert find_by_login(SECOND).id == ada.id
        assert find_by_verified_address("third@example.com") is None


def test_operators_find_the_user_by_a_part_of_each(app, make, ada):
    make.users.account("bob@example.com")
    assert found_by(app, "second@") == [ada.id]
    assert found_by(app, "ada@") == [ada.id]


def test_an_unproven_one_is_found_by_nobody(app, browser, ada):
    browser.sign_in(ADA, ada.password)
    browser.open("/account/emails")
    browser.submit("/account/emails", email="waiting@example.com")
    assert found_by(app, "waiting") == []
    with app.app_context():
        assert find_by_verified_address("waiting@example.com") is None


def test_what_an_app_declares_may_name_any(app, ada):
    with app.app_context():
        named = Holders(users=(SECOND, ADA))
        assert find_holders(named, member="access").users == {ada.id}


def test_wrong_passwords_of_all_names_are_forgotten_by_the_right_one(browser, ada):
    for _ in range(9):
        try_in(browser, SECOND, "wrong wrong wrong")
    assert try_in(browser, ADA, ada.password) == "/account"
    for _ in range(9):
        assert try_in(browser, SECOND, "wrong wrong wrong") == "/login"
    assert browser.response.status_code == 200
    assert try_in(browser, SECOND, ada.password) == "/account"


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_LOGIN_RUN": "5/30days"}])
def test_a_reset_forgets_those_in_a_row_of_all_names(browser, make, ada):
    for _ in range(6):
        try_in(browser, SECOND, "wrong wrong wrong")
    assert browser.response.status_code == 429
    browser.open("/forgot-password")
    browser.submit(email=ADA)
    new = "seven loud geese in the rain"
    browser.open(make.records.mail_to(ADA).link)
    browser.submit(password=new)
    assert try_in(browser, SECOND, new) == "/account"


@pytest.mark.parametrize(("days", "stays"), [(6, False), (8, True)])
def test_who_takes_the_account_back_loses_the_new_ones(
    another_browser, make, clock, days, stays
):
    ada, browser = make.users.account(ADA), another_browser()
    make.users.further_email(ada, SECOND)
    browser.sign_in(ADA, ada.password)
    clock.tick(days=days)
    thief = another_browser()
    thief.http.environ_base = {
        **thief.http.environ_base,
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    }
    thief.sign_in(ADA, ada.password)
    owner = another_browser()
    owner.open(make.records.mail_to(ADA).link)
    owner.submit()
    new = "seven loud geese in the rain"
    owner.submit(password=new)
    assert (try_in(another_browser(), SECOND, new) == "/account") == stays
