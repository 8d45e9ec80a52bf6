"""Providers of plain OAuth, which tell nobody when their users signed in."""

import pytest

from tests.rp import RelyingParty


@pytest.fixture
def hub(acme, peer):
    """A provider of plain OAuth."""
    peer.openid = False
    acme(
        name="Hub",
        kind="oauth2",
        issuer=None,
        authorization_endpoint=f"{peer.url}/authorize",
        token_endpoint=f"{peer.url}/token",
        userinfo_endpoint=f"{peer.url}/userinfo",
        scopes=["user"],
        claims={"sub": "id"},
    )


@pytest.fixture
def ada(make, hub):
    account = make.users.account("ada@example.com")
    make.providers.link("acme", account.id, subject="7")
    return account


@pytest.fixture
def rp(browser, make):
    return RelyingParty(browser.http, make.clients.client(first_party=True))


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "60"}])
def test_none_is_offered_where_an_app_wants_a_new_sign_in(ada, rp, browser, asked):
    browser.response = rp.reach(**asked)
    assert "Hub can’t be used now" in browser.text
    assert "Continue with Hub" not in browser.text
    page = browser.submit("/login", username=ada.email, password=ada.password)
    assert rp.finish(page).claims["sub"] == ada.id


def test_who_is_sent_there_by_the_app_is_told_before_they_go(hub, rp, browser, peer):
    browser.follow(rp.reach(connection="acme", prompt="login"))
    assert "Hub can’t ask you to sign in again" in browser.text
    assert peer.paths == []
    assert any(link.startswith("/login?") for link in browser.page.links)


def test_it_signs_in_where_no_app_wants_more(ada, rp, traveller):
    traveller.browser.response = rp.reach()
    assert "Continue with Hub" in traveller.browser.text
    away = traveller.browser.send("/login/provider", provider="acme")
    traveller.peer.userinfo = {"id": 7}
    answer = traveller.come_back(traveller.peer.approve(away.location))
    assert rp.finish(answer).claims["sub"] == ada.id


def test_it_confirms_nobody(ada, traveller, clock):
    traveller.browser.sign_in(ada.email, ada.password)
    clock.tick(minutes=11)
    traveller.browser.open("/account/confirm?return_to=/account/data")
    assert "Continue with Hub" not in traveller.browser.text
    sent = traveller.browser.send("/account/confirm", provider="acme")
    assert sent.status_code == 200
