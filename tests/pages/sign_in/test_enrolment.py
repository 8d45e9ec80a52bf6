"""A second factor that a policy requires is set up before anything else."""

import json
import re

import pyotp
import pytest

from tests.architecture.routes import ROUTES
from tests.authenticator import Authenticator
from tests.oauth.devices import Device
from tests.rp import RelyingParty

SET_UP = "/account/second-factor"
CLOSED = ("/account", "/account/profile", "/account/security", "/account/password",
          "/account/sessions", "/account/apps", "/account/activity",
          "/admin")  # fmt: skip
OPEN = (SET_UP, "/account/passkeys", "/account/passkeys/new", "/account/data",
        "/account/confirm", "/logout")  # fmt: skip


@pytest.fixture
def ada(make):
    """Somebody with a password alone, where two factors are required."""
    make.policies.decide(second_factor="required")
    return make.users.account(roles=["owner"])


def here(browser):
    return browser.response.request.path


@pytest.mark.parametrize("path", CLOSED)
def test_every_page_leads_to_the_set_up_and_names_the_way_back(browser, ada, path):
    browser.sign_in(ada.email, ada.password)
    answer = browser.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.location == f"{SET_UP}?return_to={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", OPEN)
def test_the_set_up_ones_own_data_and_the_way_out_stay_open(browser, ada, path):
    browser.sign_in(ada.email, ada.password)
    browser.open(path)
    assert here(browser) == path


OWN = ("/account/confirm", "/account/data", "/account/passkeys",
       "/account/recovery-codes", "/account/totp", SET_UP)  # fmt: skip


def test_no_other_page_of_a_session_opens(browser, ada):
    browser.sign_in(ada.email, ada.password)
    for route in ROUTES:
        if (route.method, route.face, route.caller) != ("GET", "page", "session"):
            continue
        path = re.sub("<[^>]+>", "some-id", route.path)
        answer = browser.http.get(path, headers={"Accept": "text/html"})
        led = answer.status_code == 303 and answer.location.startswith(SET_UP)
        assert led or path.startswith(OWN), path


def test_a_sign_in_leads_to_the_set_up_which_cannot_be_put_off(browser, ada):
    browser.sign_in(ada.email, ada.password)
    assert here(browser) == SET_UP
    assert "Set up two-step sign-in" in browser.text
    assert "Not now" not in browser.text


def test_an_app_waits_until_it_is_set_up(browser, ada, make):
    rp = RelyingParty(browser.http, make.clients.spa())
    browser.follow(rp.ask())
    browser.submit(username=ada.email, password=ada.password)
    assert here(browser) == SET_UP
    browser.follow(rp.ask())
    assert here(browser) == SET_UP
    assert "Notes asks for more than a password." in browser.text


def test_who_has_days_left_is_reminded_and_may_put_it_off(browser, make, clock):
    make.policies.decide(second_factor="required", enrol_grace_days=7)
    bob = make.users.account()
    browser.sign_in(bob.email, bob.password, return_to="/account/profile")
    assert here(browser) == SET_UP
    assert "Not now" in browser.text
    browser.open("/account/profile")
    assert here(browser) == "/account/profile"
    clock.tick(days=8)
    browser.sign_in(bob.email, bob.password)
    assert here(browser) == SET_UP
    assert "Not now" not in browser.text


def test_nobody_is_led_there_where_it_is_optional(browser, make):
    bob = make.users.account()
    browser.sign_in(bob.email, bob.password)
    assert here(browser) == "/account"


def test_a_client_that_requires_it_holds_up_its_own_sign_ins_alone(browser, make):
    client, bob = make.clients.spa(), make.users.account()
    make.policies.decide("client", client.client_id, second_factor="required")
    browser.sign_in(bob.email, bob.password)
    assert here(browser) == "/account"
    browser.follow(RelyingParty(browser.http, client).ask())
    assert here(browser) == SET_UP
    assert "Not now" not in browser.text


def test_a_passkey_set_up_on_the_way_lets_the_app_go_on(browser, ada, make):
    rp = RelyingParty(browser.http, make.clients.client(first_party=True))
    browser.follow(rp.ask())
    browser.submit(username=ada.email, password=ada.password)
    browser.follow(browser.http.get(link_to(browser, "/account/passkeys/new")))
    answer = make_passkey(browser)
    while answer.location.startswith("/"):
        answer = browser.http.get(answer.location)
    tokens = rp.finish(answer)
    assert tokens.claims["amr"] == ["hwk", "mfa", "pwd", "user"]
    browser.open("/account")
    assert here(browser) == "/account"


def link_to(browser, path):
    return next(link for link in browser.page.links if link.startswith(path))


def make_passkey(browser):
    """Do what the script of the page does; return the bare answer."""
    token = dict(browser.page.forms[0].fields)["csrf_token"]
    headers = {"X-CSRF-Token": token}
    asked = browser.http.post("/account/passkeys/new/options", headers=headers).json
    shown = json.dumps(Authenticator().create(asked["options"]))
    return browser.send(ticket=asked["ticket"], credential=shown)


def test_an_authenticator_app_set_up_on_the_way_lets_the_app_go_on(
    browser, ada, make, clock
):
    rp = RelyingParty(browser.http, make.clients.client(first_party=True))
    browser.follow(rp.ask())
    browser.submit(username=ada.email, password=ada.password)
    browser.submit("/account/totp")
    key = re.search(r"[A-Z2-7]{32}", browser.text.replace(" ", ""))[0]
    browser.submit("/account/totp/new", code=pyotp.TOTP(key).at(clock.now))
    assert "Save your recovery codes" in browser.text
    onward = link_to(browser, "/oauth2/authorize")
    tokens = rp.finish(browser.http.get(onward))
    assert tokens.claims["amr"] == ["mfa", "otp", "pwd"]


def test_a_device_whose_app_requires_it_waits_too(browser, make, http):
    client, bob = make.clients.device_client(scope="openid"), make.users.account()
    make.policies.decide("client", client.client_id, second_factor="required")
    tv = Device(http, client)
    browser.use_cookie(make.browsers.session(bob))
    browser.open(f"/device?user_code={tv.user_code}")
    browser.submit()
    assert here(browser) == SET_UP
    assert "Not now" not in browser.text
    browser.open(link_to(browser, "/account/passkeys/new"))
    browser.follow(make_passkey(browser))
    assert here(browser) == "/device"
    browser.submit(decision="allow")
    assert tv.poll().status_code == 200
