"""Who signs out here signs out at the provider too, where an operator wants that."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.federation.peers import CLIENT_ID
from tests.rp import RelyingParty

BYE = "https://app.example/bye"


@pytest.fixture
def ada(acme, make):
    acme(signs_out=True)
    account = make.users.account("ada@example.com")
    make.providers.link("acme", account.id, subject="upstream-ada")
    return account


def sent_to(answer, peer):
    """Return the parameters with which a browser is sent to sign out there."""
    assert answer.location.startswith(f"{peer.url}/logout?")
    query = parse_qs(urlsplit(answer.location).query)
    return {name: values[0] for name, values in query.items()}


def sign_out(browser):
    browser.open("/logout")
    return browser.send("/logout")


def app_of(traveller, make, **fields):
    client = make.clients.client(
        first_party=True, post_logout_redirect_uris=[BYE], **fields
    )
    rp = RelyingParty(traveller.browser.http, client)
    away = rp.reach(connection="acme")
    return rp.finish(traveller.come_back(traveller.peer.approve(away.location)))


def come_back(traveller, asked):
    back = f"{asked['post_logout_redirect_uri']}?state={asked['state']}"
    path = back.removeprefix("https://idp.example")
    return traveller.browser.http.get(path, headers={"Accept": "text/html"})


def test_the_browser_goes_there_and_comes_back(traveller, ada):
    traveller.sign_in()
    asked = sent_to(sign_out(traveller.browser), traveller.peer)
    assert not traveller.signed_in
    assert asked["client_id"] == CLIENT_ID
    assert asked["id_token_hint"].count(".") == 2
    back = come_back(traveller, asked)
    assert back.status_code == 200
    assert "You’re signed out" in back.text
    assert "Sign out of Acme too" not in back.text


def test_it_goes_on_to_the_app_that_asked(traveller, ada, make):
    signed_in = app_of(traveller, make)
    query = {"id_token_hint": signed_in.tokens["id_token"], "state": "s"}
    query["post_logout_redirect_uri"] = BYE
    answer = traveller.browser.http.get("/oauth2/logout", query_string=query)
    asked = sent_to(answer, traveller.peer)
    assert come_back(traveller, asked).location == f"{BYE}?state=s"


def test_it_goes_there_after_the_frames_of_apps(traveller, ada, make):
    app_of(traveller, make, frontchannel_logout_uri="https://app.example/front")
    page = sign_out(traveller.browser)
    assert "https://app.example/front" in page.text
    _, _, url = page.headers["Refresh"].partition("; url=")
    assert url.startswith(f"{traveller.peer.url}/logout?")


def test_a_provider_that_is_away_keeps_nobody(traveller, ada, clock):
    traveller.sign_in()
    clock.tick(minutes=1)
    traveller.peer.status = 503
    answer = sign_out(traveller.browser)
    assert answer.status_code == 200
    assert "You’re signed out" in answer.text
    assert not traveller.signed_in


def test_a_second_factor_is_no_reason_to_stay_there(traveller, ada, make, clock):
    codes = make.factors.totp(ada)
    traveller.sign_in(sid="first")
    traveller.browser.submit("/login/second-factor", code=codes.code())
    assert traveller.signed_in
    asked = sent_to(sign_out(traveller.browser), traveller.peer)
    assert asked["id_token_hint"].count(".") == 2


def test_who_has_other_accounts_here_comes_back_to_them(traveller, ada, make):
    bob = make.users.account("bob@example.com")
    traveller.browser.sign_in(bob.email, bob.password)
    traveller.browser.open("/login?switch=1")
    away = traveller.browser.send("/login/provider", provider="acme").location
    traveller.come_back(traveller.peer.approve(away))
    asked = sent_to(sign_out(traveller.browser), traveller.peer)
    assert come_back(traveller, asked).location == "/login/select"


@pytest.mark.parametrize("state", ["", "x", "a" * 43, "\u00e9"])
def test_a_state_that_nobody_was_given_is_passed_over(traveller, ada, state):
    traveller.sign_in()
    page = traveller.browser.open(f"/logout?state={state}")
    assert "Sign out of" in page.text
    assert traveller.signed_in


def test_off_it_is_only_offered(acme, traveller, make):
    acme()
    account = make.users.account()
    make.providers.link("acme", account.id, subject="upstream-ada")
    traveller.sign_in()
    assert "Sign out of Acme too" in sign_out(traveller.browser).text
