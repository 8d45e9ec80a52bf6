"""The mark ``first_party`` taken away, and given back: what a grant says, it opens."""

import pytest

from idp.core.db import db
from idp.oauth.clients.changes import change_client, get_client
from tests.hosted_pages import press, read_page
from tests.issuer import ISSUER
from tests.oauth.calls import introspect, redeem_with_secret
from tests.oauth.devices import Device, type_code
from tests.rp import RelyingParty

ACCOUNT = f"{ISSUER}/account"
PARTS = "account:profile account:read"
SCOPE = "openid account offline_access"


@pytest.fixture
def own(make):
    return make.clients.web_client(scope=SCOPE, first_party=True)


@pytest.fixture
def mark(app):
    """Says whether a client is first-party, as an operator does."""

    def change(client, first_party, **metadata):
        with app.app_context():
            present = get_client(client.client_id).registered
            change_client(
                client.client_id, {**present, **metadata}, first_party=first_party
            )
            db.session.commit()

    return change


@pytest.fixture
def tokens(http, make, own):
    """The tokens that the client got while it was first-party."""
    made = make.tokens.code(own, scope=SCOPE, resource=[ACCOUNT])
    return redeem_with_secret(http, made).json


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def refreshed(http, client, tokens):
    token = tokens["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return http.post("/oauth2/token", data=form, headers=client.basic).json


def opens_all(http, tokens):
    """Whether an access token opens what is for the whole account alone."""
    answer = http.delete("/account/sessions", headers=bearer(tokens))
    return answer.status_code == 204


def test_what_an_app_of_our_own_has_opens_all_of_the_account(http, own, tokens):
    assert opens_all(http, tokens)
    assert introspect(http, own, tokens["access_token"]).json["scope"] == "account"


def test_grants_say_the_parts_once_their_app_is_not_our_own(http, own, tokens, mark):
    mark(own, False)
    assert not opens_all(http, tokens)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        said = introspect(http, own, token).json["scope"].split()
        assert {*PARTS.split()} <= {*said}
        assert "account" not in said
    (app,) = http.get("/account/apps", headers=bearer(tokens)).json
    assert "account" not in app["scope"].split()
    next_ones = refreshed(http, own, tokens)
    assert next_ones["scope"].split() == ["openid", *PARTS.split(), "offline_access"]
    assert not opens_all(http, next_ones)


def test_an_app_that_is_our_own_again_gets_all_of_it_by_new_sign_ins_only(
    http, make, own, tokens, mark
):
    mark(own, False)
    mark(own, True, scope=SCOPE)
    assert not opens_all(http, tokens)
    said = introspect(http, own, tokens["access_token"]).json["scope"]
    assert said.split() == PARTS.split()
    next_ones = refreshed(http, own, tokens)
    assert "account" not in next_ones["scope"].split()
    assert not opens_all(http, next_ones)
    anew = make.tokens.code(own, scope=SCOPE, resource=[ACCOUNT])
    assert opens_all(http, redeem_with_secret(http, anew).json)


def test_a_device_that_waits_asks_for_the_parts(http, make, mark):
    own = make.clients.device_client(scope=SCOPE, first_party=True)
    make.browsers.sign_in(http)
    device = Device(http, own, scope=SCOPE, resource=ACCOUNT)
    mark(own, False)
    page = type_code(http, device.user_code)
    assert "Change your name and profile" in read_page(page).text
    press(http, page, decision="allow")
    said = device.poll().json["scope"].split()
    assert {*PARTS.split()} <= {*said}
    assert "account" not in said


def test_who_allowed_all_of_the_account_is_not_asked_about_its_parts(
    http, make, own, mark
):
    browser = make.browsers.sign_in(http)
    make.clients.consent(browser.person, own, "openid account")
    mark(own, False)
    rp = RelyingParty(http, own, scope="openid account")
    told = rp.finish(rp.ask(resource=ACCOUNT)).tokens["scope"].split()
    assert told == ["openid", *PARTS.split()]
