"""Every way in leads by the second factor, and on to where one was going."""

import pytest

from idp.accounts.models import User
from idp.core.db import db
from tests.oauth.calls import claims_of
from tests.oauth.devices import Device
from tests.rp import RelyingParty

PATH = "/login/second-factor"
WITHOUT = "/login/second-factor/without"
ADA = "ada@example.com"
NEW = "seven loud geese in the rain"


@pytest.fixture
def ada(make):
    return make.users.account(ADA, username="ada")


@pytest.fixture
def phone(make, ada, clock):
    return make.factors.totp(ada)


@pytest.fixture
def notes(browser, make):
    """An app whose requests ask for no consent."""
    client = make.clients.client(scope="openid", first_party=True)
    return RelyingParty(browser.http, client)


def path_of(browser):
    return browser.response.request.path


def enter(browser, account, password=None):
    """Give the password to the sign-in page that is open."""
    browser.submit(username=account.email, password=password or account.password)
    assert path_of(browser) == PATH


def test_a_sign_in_at_an_app_ends_there(browser, notes, ada, phone):
    browser.follow(notes.ask())
    enter(browser, ada)
    browser.submit(code="000000")
    assert path_of(browser) == PATH
    done = notes.finish(browser.follow(browser.send(code=phone.code())))
    assert done.claims["sub"] == ada.id
    assert done.claims["amr"] == ["mfa", "otp", "pwd"]


def test_the_page_names_the_app_and_wears_its_colours(browser, notes, ada, phone):
    browser.follow(notes.ask())
    enter(browser, ada)
    assert "Notes" in browser.text
    browser.open(next(link for link in browser.page.links if "recovery_code" in link))
    assert "Notes" in browser.text


def test_pages_left_open_in_three_tabs_end_at_their_apps(
    browser, notes, make, ada, phone
):
    """U12: one is finished, the others are sent when it is."""
    tabs = []
    for _ in range(3):
        browser.follow(notes.ask())
        enter(browser, ada)
        tabs.append((notes.attempt, browser.response))
    codes = (phone.code(), "000000", phone.code())
    for (attempt, shown), code in zip(reversed(tabs), codes, strict=True):
        browser.response, notes.attempt = shown, attempt
        answer = browser.follow(browser.send(code=code))
        assert notes.finish(answer).claims["sub"] == ada.id


def test_a_page_left_open_for_a_day_still_ends_at_the_app(
    browser, notes, ada, phone, clock
):
    browser.follow(notes.ask())
    enter(browser, ada)
    clock.tick(days=1)
    browser.submit(code=phone.code())
    assert path_of(browser) == "/login"
    enter(browser, ada)
    done = notes.finish(browser.follow(browser.send(code=phone.code())))
    assert done.claims["sub"] == ada.id


def test_a_link_of_an_operator_leads_by_it(browser, make, ada, phone):
    browser.open(make.users.sign_in_link(ada))
    browser.submit()
    assert path_of(browser) == PATH
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account"


def test_a_new_password_leads_by_it_and_on_to_the_app(browser, notes, make, ada, phone):
    browser.follow(notes.ask())
    browser.open(next(link for link in browser.page.links if "/forgot" in link))
    browser.submit(email=ADA)
    browser.open(make.records.mail_to(ADA).link)
    browser.submit(password=NEW)
    enter(browser, ada, password=NEW)
    done = notes.finish(browser.follow(browser.send(code=phone.code())))
    assert done.claims["sub"] == ada.id


def test_who_connects_a_device_shows_it_first(browser, make, ada, phone, http):
    tv = Device(http, make.clients.device_client(scope="openid"))
    browser.open(f"/device?user_code={tv.user_code}")
    enter(browser, ada)
    assert browser.http.get("/device").location.startswith("/login?")
    browser.submit(code=phone.code())
    assert path_of(browser) == "/device"
    browser.submit()
    browser.submit(decision="allow")
    assert tv.poll().status_code == 200


def test_a_device_is_connected_by_no_session_of_one_factor(browser, make, ada, http):
    """The factor was set up since, in another browser."""
    tv = Device(http, make.clients.device_client(scope="openid"))
    browser.use_cookie(make.browsers.session(ada))
    browser.open(f"/device?user_code={tv.user_code}")
    browser.submit()
    phone = make.factors.totp(ada)
    browser.submit(decision="allow")
    assert tv.error() == "authorization_pending"
    assert path_of(browser) == PATH
    browser.submit(code=phone.code())
    assert path_of(browser) == "/device"


@pytest.fixture
def one_factor(browser, make, ada, phone):
    """A browser in which ada has shown one factor, and has another."""
    browser.use_cookie(make.browsers.session(ada))
    return browser


@pytest.fixture
def bob(make, clock):
    account = make.users.account("bob@example.com")
    return account, make.factors.totp(account)


@pytest.fixture
def wishing_tv(make, http):
    """A device whose app would like a second factor."""
    wishes = {"default_acr_values": ["aal2"]}
    return Device(http, make.clients.device_client(scope="openid", **wishes))


def type_code_of(device, browser):
    browser.open(f"/device?user_code={device.user_code}")
    browser.submit()
    assert path_of(browser) == PATH


def test_a_device_goes_without_a_level_that_its_app_would_like(
    one_factor, wishing_tv, make, http
):
    make.policies.decide(second_factor="off")
    type_code_of(wishing_tv, one_factor)
    one_factor.submit(WITHOUT)
    assert path_of(one_factor) == "/device"
    one_factor.submit(decision="allow")
    answer = wishing_tv.poll()
    assert claims_of(http, answer.json["id_token"])["acr"] == "aal1"


def test_it_does_not_where_a_policy_wants_that_too(one_factor, wishing_tv):
    type_code_of(wishing_tv, one_factor)
    assert "Continue without" not in one_factor.text
    one_factor.open(f"/device?user_code={wishing_tv.user_code}&without=1")
    assert path_of(one_factor) == PATH


def test_what_an_app_asks_of_a_session_comes_before_an_older_sign_in(
    one_factor, notes, bob, phone, clock
):
    one_factor.open("/login?switch=1")
    enter(one_factor, bob[0])
    clock.tick(minutes=1)
    one_factor.follow(notes.ask(acr_values="aal2"))
    assert path_of(one_factor) == PATH
    assert "ada@example.com" in one_factor.text
    done = notes.finish(one_factor.follow(one_factor.send(code=phone.code())))
    assert done.claims["acr"] == "aal2"


def test_so_it_does_where_that_sign_in_has_nothing_to_show_any_more(
    one_factor, notes, bob, make
):
    one_factor.open("/login?switch=1")
    enter(one_factor, bob[0])
    make.policies.decide(second_factor="off")
    one_factor.follow(notes.ask(acr_values="aal2"))
    assert "ada@example.com" in one_factor.text
    assert "Continue without" in one_factor.text


def test_a_sign_in_as_another_for_that_app_comes_first(one_factor, notes, bob, clock):
    one_factor.follow(notes.ask(acr_values="aal2"))
    assert "ada@example.com" in one_factor.text
    clock.tick(minutes=1)
    one_factor.open(next(link for link in one_factor.page.links if "switch=1" in link))
    enter(one_factor, bob[0])
    assert "bob@example.com" in one_factor.text
    done = notes.finish(one_factor.follow(one_factor.send(code=bob[1].code())))
    assert done.claims["sub"] == bob[0].id


def test_a_password_that_was_handed_out_is_changed_after_it(app, browser, ada, phone):
    with app.app_context():
        db.session.get_one(User, ada.id).must_change_password = True
        db.session.commit()
    browser.open("/account/data")
    enter(browser, ada)
    browser.submit(code=phone.code())
    assert path_of(browser) == "/account/password"
    browser.submit(password=NEW)
    assert path_of(browser) == "/account/data"


def test_another_account_takes_the_place_of_the_one_that_is_signed_in(
    browser, make, ada, phone
):
    bob = make.users.account("bob@example.com")
    browser.use_cookie(make.browsers.session(bob))
    browser.open("/login?switch=1")
    enter(browser, ada)
    assert ADA in browser.text
    browser.open("/account")
    assert bob.email in browser.text
    browser.open(PATH)
    browser.submit(code=phone.code())
    assert ADA in browser.text
    assert bob.email not in browser.text


ONE_IS_ENOUGH = {"second_factor": "off"}


def test_a_client_that_asks_for_more_gets_it_in_the_session_there_is(
    browser, notes, make, ada, phone
):
    make.policies.decide(**ONE_IS_ENOUGH)
    browser.use_cookie(make.browsers.session(ada))
    before = notes.finish(browser.follow(notes.ask()))
    assert before.claims["acr"] == "aal1"
    browser.follow(notes.ask(acr_values="aal2"))
    assert path_of(browser) == PATH
    assert "Notes" in browser.text
    browser.submit(code="000000")
    done = notes.finish(browser.follow(browser.send(code=phone.code())))
    assert done.claims["acr"] == "aal2"
    assert done.claims["sid"] == before.claims["sid"]


def test_a_policy_of_a_client_is_met_in_the_session_there_is(
    browser, notes, make, ada, phone
):
    make.policies.decide(**ONE_IS_ENOUGH)
    make.policies.decide("client", notes.client.client_id, acr="aal2")
    browser.use_cookie(make.browsers.session(ada))
    browser.follow(notes.ask())
    done = notes.finish(browser.follow(browser.send(code=phone.code())))
    assert done.claims["acr"] == "aal2"


def test_a_device_that_asks_for_more_gets_it(browser, make, ada, phone, http):
    make.policies.decide(**ONE_IS_ENOUGH)
    client = make.clients.device_client(scope="openid", default_acr_values=["aal2"])
    tv = Device(http, client)
    browser.use_cookie(make.browsers.session(ada))
    browser.open(f"/device?user_code={tv.user_code}")
    browser.submit()
    assert path_of(browser) == PATH
    browser.submit(code=phone.code())
    assert path_of(browser) == "/device"
    browser.submit(decision="allow")
    assert tv.poll().status_code == 200
