"""An app asks which account to go on with (prompt=select_account)."""

import pytest

from tests.browsing import Browser
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

SCOPE = "openid email"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", name="Ada Lovelace")


@pytest.fixture
def notes(browser, make):
    return RelyingParty(browser.http, make.clients.own_app(scope=SCOPE), scope=SCOPE)


@pytest.fixture
def signed_in(browser, ada):
    browser.sign_in(ada.email, PASSWORD)
    return browser


def ask(browser, party, **changed):
    browser.follow(party.ask(prompt="select_account", **changed))
    return browser


def link_to(browser, path):
    (found,) = [link for link in browser.page.links if link.startswith(path)]
    return found


def test_the_card_shows_who_is_signed_in_and_goes_on_with_it(signed_in, notes, ada):
    ask(signed_in, notes)
    assert signed_in.title == "Choose an account – idp"
    assert "to continue to Notes" in signed_in.text
    assert "Ada Lovelace" in signed_in.text
    assert ada.email in signed_in.text
    signed_in.submit()
    assert notes.finish(signed_in.response).claims["sub"] == ada.id


def test_choosing_is_no_new_proof_of_identity(clock, signed_in, notes):
    before = int(clock.now.timestamp())
    clock.tick(minutes=5)
    ask(signed_in, notes)
    signed_in.submit()
    assert notes.finish(signed_in.response).claims["auth_time"] == before


def test_a_choice_holds_for_one_request_only(signed_in, notes):
    ask(signed_in, notes)
    signed_in.submit()
    ask(signed_in, notes)
    assert "Choose an account" in signed_in.text


def test_a_choice_of_one_tab_is_none_of_the_other(app, signed_in, notes):
    ask(signed_in, notes)
    other = Browser(app)
    other.http = signed_in.http
    ask(other, RelyingParty(signed_in.http, notes.client, scope=SCOPE))
    waiting = other.response.request.args["return_to"]
    signed_in.submit()
    other.open(waiting)
    assert "Choose an account" in other.text


def test_the_url_of_the_card_cannot_be_skipped(signed_in, notes):
    ask(signed_in, notes)
    waiting = signed_in.response.request.args["return_to"]
    assert signed_in.http.get(waiting).location.startswith("/login/select?")


def test_another_account_signs_in_and_is_chosen_by_that(signed_in, notes, make):
    bob = make.users.account("bob@example.com")
    ask(signed_in, notes)
    signed_in.open(link_to(signed_in, "/login?"))
    signed_in.submit(username=bob.email, password=PASSWORD)
    assert notes.finish(signed_in.response).claims["sub"] == bob.id


def test_who_is_not_signed_in_signs_in_and_is_asked_nothing_more(browser, notes, ada):
    ask(browser, notes)
    browser.submit(username=ada.email, password=PASSWORD)
    assert notes.finish(browser.response).claims["sub"] == ada.id


def test_a_card_counts_only_for_who_is_signed_in_here(signed_in, notes, make):
    ask(signed_in, notes)
    signed_in.submit(account=make.users.account("bob@example.com").id)
    assert "Choose an account" in signed_in.text
    assert "bob@example.com" not in signed_in.text


def test_signing_out_is_offered(signed_in, notes):
    ask(signed_in, notes)
    assert signed_in.open(link_to(signed_in, "/logout?")).status_code == 200
    signed_in.submit()
    signed_in.open("/account")
    assert signed_in.response.request.path == "/login"


def test_a_card_left_open_for_a_day_still_ends_at_the_app(signed_in, notes, ada, clock):
    signed_in.open("/login?switch=1")
    signed_in.submit(username=ada.email, password=PASSWORD, remember="1")
    clock.tick(seconds=1)
    ask(signed_in, notes)
    clock.tick(hours=26)
    signed_in.submit()
    assert "Choose an account" in signed_in.text
    signed_in.submit()
    assert notes.finish(signed_in.response).claims["sub"] == ada.id


def test_a_second_press_starts_afresh_and_shows_no_error(signed_in, notes):
    ask(signed_in, notes)
    (form,) = signed_in.page.forms
    signed_in.submit()
    again = dict(form.fields)
    signed_in.open("/account/security")
    answer = signed_in.http.post(
        "/login/select", data=again, headers={"Origin": "https://idp.example"}
    )
    assert answer.status_code == 303
    assert signed_in.follow(answer).status_code == 200


def test_without_a_waiting_request_there_is_nothing_to_choose(signed_in):
    signed_in.open("/login/select")
    assert signed_in.response.request.path == "/account"
    signed_in.open("/login/select?return_to=https://evil.example")
    assert signed_in.response.request.path == "/account"
