"""Who lacks what an account has to have is asked for it on the way to where they go."""

import pytest

from tests.rp import RelyingParty

PAGE = "/account/complete"


@pytest.fixture
def ada(make):
    """Somebody whose account was there before anything was asked for."""
    return make.users.account()


def here(browser):
    return browser.response.request.path


def test_nobody_is_led_there_where_nothing_has_to_be_given(browser, ada, make):
    make.attributes.define("plan")
    browser.sign_in(ada.email, ada.password)
    assert here(browser) == "/account"
    browser.open(f"{PAGE}?return_to=/account/profile")
    assert here(browser) == "/account/profile"


@pytest.mark.parametrize("at", ["register", "sign_in"])
def test_what_an_attribute_wants_is_asked_for_once(browser, ada, make, at):
    make.attributes.define("plan", "choice", choices=("free", "paid"), required_at=at)
    browser.sign_in(ada.email, ada.password, return_to="/account/sessions")
    assert here(browser) == PAGE
    browser.submit(PAGE)
    assert "This field is required." in browser.text
    browser.submit(PAGE, **{"attributes.plan": "gold"})
    assert "Choose one of these: free, paid." in browser.text
    browser.submit(PAGE, **{"attributes.plan": "paid"})
    assert here(browser) == "/account/sessions"
    assert make.records.user_row(ada.id)["attributes"] == {"plan": "paid"}
    browser.open("/logout")
    browser.submit()
    browser.sign_in(ada.email, ada.password)
    assert here(browser) == "/account"


def test_no_is_an_answer_and_so_is_nothing_at_all_of_a_number(browser, ada, make):
    make.attributes.define("news", "boolean", required_at="sign_in")
    make.attributes.define("pets", "number", required_at="sign_in")
    browser.sign_in(ada.email, ada.password)
    browser.submit(PAGE, **{"attributes.news": "false", "attributes.pets": "0"})
    assert here(browser) == "/account"
    held = make.records.user_row(ada.id)["attributes"]
    assert held == {"news": False, "pets": 0}


def test_what_a_policy_wants_is_asked_for_with_all_mistakes_at_once(browser, ada, make):
    asked = dict.fromkeys(("birthdate", "phone_number", "address"), "required")
    make.policies.decide(fields=asked)
    browser.sign_in(ada.email, ada.password)
    browser.submit(PAGE, birthdate="tomorrow", phone_number="12", country="  ")
    assert "Enter a date like 1985-04-12, or only the year." in browser.text
    assert "Enter a number with its country code" in browser.text
    told = {"birthdate": "1815", "phone_number": "+44 20 7946 0000"}
    browser.submit(PAGE, **told)
    assert "This field is required." in browser.text
    browser.submit(PAGE, **told, country="England")
    row = make.records.user_row(ada.id)
    assert (row["birthdate"], row["address"]) == ("1815", {"country": "England"})
    assert here(browser) == "/account"


def test_an_app_waits_for_it_and_then_goes_on(browser, ada, make):
    make.attributes.define("plan", required_at="sign_in")
    rp = RelyingParty(browser.http, make.clients.client(first_party=True))
    browser.follow(rp.ask())
    browser.submit(username=ada.email, password=ada.password)
    assert here(browser) == PAGE
    silent = RelyingParty(browser.http, rp.client)
    refused = silent.checked(silent.ask(prompt="none"))
    assert refused["error"] == "interaction_required"
    answer = browser.send(PAGE, **{"attributes.plan": "paid"})
    while answer.location.startswith("/"):
        answer = browser.http.get(answer.location)
    assert rp.finish(answer).claims["sub"] == ada.id


def test_an_app_may_want_what_others_do_not(browser, ada, make):
    client = make.clients.spa()
    wanted = {"phone_number": "required"}
    make.policies.decide("client", client.client_id, fields=wanted)
    browser.sign_in(ada.email, ada.password)
    assert here(browser) == "/account"
    browser.follow(RelyingParty(browser.http, client).ask())
    assert here(browser) == PAGE
    assert "before you continue to Notes" in browser.text
    browser.submit(PAGE, phone_number="+44 20 7946 0000")
    assert here(browser) != PAGE


def test_a_device_waits_for_it_too(browser, ada, make):
    make.attributes.define("plan", required_at="sign_in")
    browser.sign_in(ada.email, ada.password)
    browser.open("/device")
    assert here(browser) == PAGE


def test_another_account_of_the_browser_is_asked_when_it_is_switched_to(
    browser, ada, make
):
    grace = make.users.account("grace@example.com")
    browser.sign_in(grace.email, grace.password)
    browser.open("/login?switch=1")
    browser.submit(username=ada.email, password=ada.password)
    make.attributes.define("plan", required_at="sign_in")
    browser.open("/account/profile")  # no page of one's own account is closed
    assert here(browser) == "/account/profile"
    rp = RelyingParty(browser.http, make.clients.client(first_party=True))
    browser.follow(rp.ask(login_hint=grace.email, prompt="select_account"))
    browser.submit("/login/select", account=grace.id)
    assert here(browser) == PAGE
