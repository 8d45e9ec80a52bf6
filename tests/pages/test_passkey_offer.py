""" "Next time without a password?": offered once in a while, where a device can."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.authenticator import Authenticator
from tests.hosted_pages import press, read_page
from tests.pages.passkeys import add, ask, field_of
from tests.rp import RelyingParty

OFFER = "/account/passkeys/offer"
HEADING = "Next time without a password?"
MONTHS = f"Max-Age={90 * 86400}"


def sign_in(http, account, *, page=None, passkeys="1"):
    """Sign in with the password in a browser whose script says what it can."""
    if page is None:
        http.delete_cookie("__Host-idp", domain="idp.example")
        page = http.get("/login")
    typed = {"username": account.email, "password": account.password}
    return press(http, page, **typed, passkeys=passkeys)


def is_offer(answer):
    return urlsplit(answer.location).path == OFFER


def decline(http, answer):
    """Press "Not now" on the offer that an answer leads to."""
    page = http.get(answer.location)
    form = read_page(page).forms[-1]
    return http.post(form.action, data=dict(form.fields))


def accept(http, answer, *, key=None):
    """Make the passkey that an answer's page offers."""
    page = http.get(answer.location)
    asked = ask(http, field_of(page), path="/account/passkeys/new/options")
    shown = json.dumps((key or Authenticator()).create(asked["options"]))
    form = read_page(page).forms[0]
    given = {"ticket": asked["ticket"], "credential": shown}
    return http.post(form.action, data=dict(form.fields) | given)


@pytest.fixture
def ada(make):
    return make.users.account()


def test_it_is_offered_once_in_a_while_to_who_used_a_password(http, ada):
    answer = sign_in(http, ada)
    assert is_offer(answer)
    page = http.get(answer.location)
    assert HEADING in page.text
    (cookie,) = page.headers.getlist("Set-Cookie")
    assert {MONTHS, "HttpOnly", "Secure"} <= set(cookie.split("; "))
    assert decline(http, answer).location == "/account"
    assert sign_in(http, ada).location == "/account"


def test_without_a_script_that_says_so_it_is_not_offered(http, ada):
    page = http.get("/login")
    typed = {"username": ada.email, "password": ada.password}
    assert press(http, page, **typed).location == "/account"


def test_it_is_made_there_and_the_way_goes_on(http, ada):
    assert accept(http, sign_in(http, ada)).location == "/account"
    http.delete_cookie("idp-passkey-offer", domain="idp.example")
    assert "1 passkey" in http.get("/account/security").text
    assert sign_in(http, ada).location == "/account"  # there is one now


def test_one_that_cannot_be_made_is_told_and_the_way_stays(http, ada):
    answer = sign_in(http, ada)
    page = http.get(answer.location)
    form = read_page(page).forms[0]
    refused = http.post(
        form.action, data=dict(form.fields) | {"ticket": "x", "credential": "{}"}
    )
    assert "The passkey could not be added. Try again." in refused.text
    assert HEADING in refused.text


@pytest.mark.parametrize("choose", [decline, accept])
def test_an_app_gets_its_answer_whatever_is_chosen(http, make, ada, choose):
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    offered = sign_in(http, ada, page=rp.reach())
    assert is_offer(offered)
    assert "to continue to" in http.get(offered.location).text
    on = choose(http, offered)
    assert on.location.startswith("/oauth2/authorize?interaction=")
    assert "code" in rp.checked(http.get(on.location))


def test_a_request_that_ran_out_meanwhile_is_restored(http, make, ada, clock):
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    offered = sign_in(http, ada, page=rp.reach())
    page = http.get(offered.location)
    clock.tick(minutes=61)
    form = read_page(page).forms[-1]
    on = http.post(form.action, data=dict(form.fields))
    assert "code" in rp.checked(http.get(on.location))


@pytest.mark.parametrize("asked", [{"max_age": "300"}, {"prompt": "login"}])
def test_no_app_that_counts_the_minutes_waits_for_it(http, make, ada, asked):
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    answer = sign_in(http, ada, page=rp.reach(**asked))
    assert answer.location.startswith("/oauth2/authorize?interaction=")


def test_it_is_not_offered_where_it_could_not_be_used(http, make, ada):
    make.policies.decide(sign_in_methods=["password"])
    assert sign_in(http, ada).location == "/account"


@pytest.mark.parametrize(
    "account",
    [{"email_verified": False}, {"must_change_password": True}],
    ids=["unproven", "handed out"],
)
def test_what_has_to_be_done_comes_first(http, make, account):
    answer = sign_in(http, make.users.account(**account))
    assert not is_offer(answer)


def test_who_has_one_is_not_asked(http, make, ada):
    make.browsers.sign_in(http, person=ada)
    add(http)
    assert sign_in(http, ada).location == "/account"


def test_the_page_leads_nowhere_else(http, ada):
    answer = sign_in(http, ada)
    assert parse_qs(urlsplit(answer.location).query)["return_to"] == ["/account"]
    page = http.get(f"{OFFER}?return_to=https://evil.example/")
    form = read_page(page).forms[-1]
    on = http.post(form.action, data=dict(form.fields))
    assert on.location == "/account"
