"""A person meets an app for the first time, and everything after that."""

import pytest

from tests.browsing import Browser
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

SCOPE = "openid profile email offline_access"


@pytest.fixture
def browser(app, http):
    """The person's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)


@pytest.fixture
def notes(browser, make):
    """A server-side app with a secret."""
    return RelyingParty(browser.http, make.clients.client(scope=SCOPE), scope=SCOPE)


@pytest.fixture
def other_app(browser, make):
    """A single-page app at another place."""
    client = make.clients.spa(
        client_name="Maps", redirect_uris=["https://maps.example/cb"], scope=SCOPE
    )
    return RelyingParty(browser.http, client, scope="openid email")


def test_from_nothing_to_tokens(browser, notes, make):
    browser.follow(notes.ask())
    assert "to continue to Notes" in browser.text
    (register,) = [link for link in browser.page.links if "/register" in link]
    browser.open(register)
    browser.submit(name="Ada", email="ada@example.com", password=PASSWORD)
    assert "Check your email" in browser.text

    browser.submit(code=make.records.mail_to("ada@example.com").code)
    assert "Notes wants to use your idp account" in browser.text
    assert "ada@example.com (verified)" in browser.text

    answer = browser.send(decision="allow")
    done = notes.finish(browser.follow(answer))
    assert done.claims["sub"] == make.records.user_id_of("ada@example.com")
    profile = notes.userinfo(done.tokens)
    assert profile["sub"] == done.claims["sub"]
    assert (profile["name"], profile["email_verified"]) == ("Ada", True)

    refreshed = notes.refresh(done.tokens["refresh_token"])
    assert notes.userinfo(refreshed)["sub"] == done.claims["sub"]
    assert refreshed["refresh_token"] != done.tokens["refresh_token"]


def test_who_opens_the_mailed_link_goes_on_to_the_app(browser, notes, make):
    browser.follow(notes.ask())
    (register,) = [link for link in browser.page.links if "/register" in link]
    browser.open(register)
    browser.submit(name="Ada", email="ada@example.com", password=PASSWORD)
    for _ in range(5):  # mail scanners fetch links
        browser.open(make.records.mail_to("ada@example.com").link)
    browser.submit()
    assert "Notes wants to use your idp account" in browser.text
    assert notes.finish(browser.follow(browser.send(decision="allow"))).claims["sub"]


def test_the_second_app_asks_only_for_consent_and_the_third_time_for_nothing(
    browser, notes, other_app, make
):
    ada = make.users.account("ada@example.com")
    browser.follow(notes.ask())
    browser.submit(username="ada@example.com", password=PASSWORD)
    first = notes.finish(browser.follow(browser.send(decision="allow")))

    browser.follow(other_app.ask())
    assert "Maps wants to use your idp account" in browser.text
    second = other_app.finish(browser.follow(browser.send(decision="allow")))
    assert first.claims["sub"] == second.claims["sub"] == ada.id
    assert first.claims["sid"] == second.claims["sid"]

    silent = other_app.ask(prompt="none")
    assert other_app.finish(silent).claims["auth_time"] == second.claims["auth_time"]


def test_three_tabs_of_the_sign_in_page_each_end_at_their_app(
    app, browser, notes, other_app, make
):
    make.users.account("ada@example.com")
    tabs = []
    for party in (notes, other_app, notes):
        rp = RelyingParty(browser.http, party.client, scope=party.scope)
        tab = Browser(app)
        tab.http = browser.http
        tab.follow(rp.ask())
        tabs.append((rp, tab))
    for rp, tab in tabs:
        tab.submit(username="ada@example.com", password=PASSWORD)
        if tab.response.status_code == 200:
            tab.submit(decision="allow")
        assert rp.checked(tab.response)["code"]


def test_saying_no_tells_the_app_and_the_next_try_asks_again(browser, notes, make):
    make.users.account("ada@example.com")
    browser.follow(notes.ask())
    browser.submit(username="ada@example.com", password=PASSWORD)
    answer = browser.send(decision="deny")
    assert notes.checked(answer)["error"] == "access_denied"
    browser.follow(notes.ask())
    assert "wants to use your idp account" in browser.text


def test_an_app_may_want_to_see_the_person_again(browser, notes, make, clock):
    make.users.account("ada@example.com")
    browser.follow(notes.ask())
    browser.submit(username="ada@example.com", password=PASSWORD)
    first = notes.finish(browser.follow(browser.send(decision="allow")))
    clock.tick(minutes=10)
    browser.follow(notes.ask(prompt="login"))
    assert "Confirm it’s you" in browser.text
    browser.submit(password=PASSWORD)
    again = notes.finish(browser.response)
    assert again.claims["auth_time"] == first.claims["auth_time"] + 600
    assert again.claims["sid"] == first.claims["sid"]


def test_somebody_else_takes_over_from_the_consent_page(browser, notes, make):
    make.users.account("ada@example.com")
    bob = make.users.account("bob@example.com")
    browser.follow(notes.ask())
    browser.submit(username="ada@example.com", password=PASSWORD)
    (switch,) = [link for link in browser.page.links if "switch" in link]
    browser.open(switch)
    browser.submit(username="bob@example.com", password=PASSWORD)
    assert "bob@example.com" in browser.text
    done = notes.finish(browser.follow(browser.send(decision="allow")))
    assert done.claims["sub"] == bob.id


def test_a_handed_out_password_is_replaced_on_the_way_to_the_app(browser, notes, make):
    make.users.account("ada@example.com", must_change_password=True)
    browser.follow(notes.ask())
    browser.submit(username="ada@example.com", password=PASSWORD)
    typed = {"password": "four new words of mine", "current_password": PASSWORD}
    browser.submit(**typed)
    assert "wants to use your idp account" in browser.text
    assert notes.finish(browser.follow(browser.send(decision="allow"))).claims["sub"]


def test_an_app_may_ask_for_a_new_account_although_one_is_signed_in(
    browser, notes, make
):
    ada = make.users.account("ada@example.com")
    browser.sign_in("ada@example.com", PASSWORD)
    browser.follow(notes.ask(prompt="create"))
    browser.submit(name="Eve", email="eve@example.com", password=PASSWORD)
    browser.submit(code=make.records.mail_to("eve@example.com").code)
    done = notes.finish(browser.follow(browser.send(decision="allow")))
    assert done.claims["sub"] not in {ada.id, None}


def test_a_page_left_open_until_the_request_expired_still_ends_at_the_app(
    browser, notes, make, clock
):
    make.users.account("ada@example.com")
    browser.follow(notes.ask(prompt="login"))
    clock.tick(hours=26)
    browser.submit(username="ada@example.com", password=PASSWORD)
    assert "wants to use your idp account" in browser.text
    assert notes.finish(browser.follow(browser.send(decision="allow"))).claims["sub"]
