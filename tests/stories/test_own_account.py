"""A person and their account at this server, without any app."""

import pytest

from tests.browsing import Browser
from tests.make_users import PASSWORD

ADA = "ada@example.com"


@pytest.fixture
def browser(app, http):
    """The person's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)


@pytest.mark.parametrize("proof", ["link", "code"])
def test_from_registering_to_signing_out(browser, make, proof):
    browser.open("/")
    assert browser.response.request.path == "/login"
    browser.open("/register")
    browser.submit(name="Ada", email=ADA, username="countess", password=PASSWORD)
    assert "Check your email" in browser.text
    mail = make.records.mail_to(ADA)
    if proof == "link":
        browser.open(mail.link)
        browser.submit()
    else:
        browser.submit(code=mail.code)
    assert "Email confirmed" in browser.text

    for login in (ADA, "Countess"):
        browser.open("/logout")
        browser.submit()
        assert "You’re signed out" in browser.text
        browser.open("/account")
        browser.submit(username=login, password=PASSWORD)
        assert browser.response.request.path == "/account"
        assert "Ada" in browser.text
        assert "Verified" in browser.text


def test_the_first_admin_comes_in_with_the_password_that_was_printed(browser, make):
    printed = "k7fd-m2qp-x9wt"
    make.users.account(
        "admin@example.com",
        username="admin",
        password=printed,
        roles=("admin",),
        must_change_password=True,
    )
    browser.open("/")
    browser.submit(username="admin", password=printed)
    assert "Set your own password" in browser.text
    browser.submit(password="seven loud geese in the rain")
    assert browser.response.request.path == "/account"


def test_an_app_waits_until_the_first_admin_has_a_password(browser, make):
    client = make.clients.client()
    admin = make.users.account(must_change_password=True)
    wanted = (
        f"/oauth2/authorize?client_id={client.client_id}&response_type=code"
        f"&redirect_uri={client.redirect_uri}&scope=openid&state=s"
        f"&code_challenge={'c' * 43}&code_challenge_method=S256"
    )
    browser.open(wanted)
    browser.submit(username=admin.email, password=PASSWORD)
    assert "Set your own password" in browser.text
    browser.open(wanted)
    assert "Set your own password" in browser.text
    browser.submit(password="seven loud geese in the rain")
    assert browser.response.request.path == "/consent"
