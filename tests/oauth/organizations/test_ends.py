"""What was given in an organization's context ends with the membership."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.accounts.models import BrowserSession
from idp.core.db import db
from idp.oauth.models import Grant
from tests.api.callers import Program, bearer
from tests.oauth.calls import redeem, refresh, userinfo
from tests.oauth.organizations.contexts import close, place_of, remove, signed_in
from tests.oauth.signing_out import LOOPBACK_OPEN, checked, deliver, receiver
from tests.rp import RelyingParty

SCOPE = "openid organizations offline_access"
ROUNDS = 6


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    made = make.organizations.organization(make.users.account(), name="Acme")
    make.organizations.add(made, ada)
    return made


def tokens_at(make, client, ada, acme, person=None) -> dict:
    """Return the tokens of an app in the organization's context; None is in none."""
    place = place_of(make, ada, acme) if acme else None
    made = make.tokens.code(
        client,
        person=person or signed_in(make, ada),
        scope=SCOPE,
        organization=place,
    )
    return redeem(make.users.app.test_client(), made).json


@pytest.mark.parametrize("end", [remove, lambda make, at, _who: close(make, at)])
def test_tokens_in_the_context_end_and_others_stay(http, make, ada, acme, end):
    client = make.clients.own_app(scope=SCOPE)
    here = tokens_at(make, client, ada, acme)
    elsewhere = tokens_at(make, client, ada, None)
    end(make, acme, ada)
    assert userinfo(http, here["access_token"]).status_code == 401
    answer = refresh(http, client, here["refresh_token"])
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert userinfo(http, elsewhere["access_token"]).status_code == 200
    assert refresh(http, client, elsewhere["refresh_token"]).status_code == 200


def test_a_membership_that_is_gone_without_a_word_ends_them_too(
    app, http, make, ada, acme
):
    client = make.clients.own_app(scope=SCOPE)
    here = tokens_at(make, client, ada, acme)
    with app.app_context():
        gone = db.text(
            "DELETE FROM memberships WHERE user_id = :id AND roles = 'member'"
        )
        db.session.execute(gone, {"id": ada.id})
        db.session.commit()
    assert refresh(http, client, here["refresh_token"]).status_code == 400


def test_only_the_apps_of_that_context_are_told(app, http, make, ada, acme):
    with receiver() as notes, receiver() as shop:
        inside = make.clients.own_app(scope=SCOPE, backchannel_logout_uri=notes.uri)
        outside = make.clients.own_app(scope=SCOPE, backchannel_logout_uri=shop.uri)
        person = signed_in(make, ada)
        tokens_at(make, inside, ada, acme, person=person)
        tokens_at(make, outside, ada, None, person=person)
        remove(make, acme, ada)
        deliver(app)
        (notice,) = notes.tokens
        assert checked(http, notice, inside.client_id)["sid"] == person[1]
        assert shop.tokens == []


def test_a_code_of_the_context_is_worth_nothing_any_more(http, make, ada, acme):
    client = make.clients.own_app(scope=SCOPE)
    made = make.tokens.code(
        client,
        person=signed_in(make, ada),
        scope=SCOPE,
        organization=place_of(make, ada, acme),
    )
    remove(make, acme, ada)
    assert redeem(http, made).json["error"] == "invalid_grant"


def test_no_grant_survives_a_removal_beside_it(app, make, ada, acme, browser):
    client = make.clients.own_app(scope=SCOPE)
    make.browsers.sign_in(browser.http, person=ada)
    rp = RelyingParty(browser.http, client, scope=SCOPE)
    for _ in range(ROUNDS):
        asked = rp.parameters(organization=acme)
        barrier = Barrier(2)

        def ask(asked=asked, barrier=barrier):
            barrier.wait()
            return browser.http.get("/oauth2/authorize", query_string=asked)

        def leave(barrier=barrier):
            barrier.wait()
            remove(make, acme, ada)

        with ThreadPoolExecutor(2) as pool:
            answer, _left = pool.submit(ask), pool.submit(leave).result()
        assert answer.result().status_code in (302, 303)
        with app.app_context():
            live = db.session.query(Grant).filter_by(
                organization_id=acme, revoked_at=None
            )
            assert live.count() == 0
        make.organizations.add(acme, ada)


def test_no_context_is_entered_beside_a_removal(app, http, make, ada, acme):
    """By a session that is in it already, of which the removal has rows to change."""
    make.clients.spa()
    program = Program(app.test_client(use_cookies=False))
    asked = {"organization_id": acme}
    for _ in range(ROUNDS):
        program.sign_in(ada)
        program.headers = bearer(program.post("/auth/organization", asked).json)
        barrier = Barrier(2)

        def enter(barrier=barrier):
            barrier.wait()
            return program.post("/auth/organization", asked)

        def leave(barrier=barrier):
            barrier.wait()
            remove(make, acme, ada)

        with ThreadPoolExecutor(2) as pool:
            answer, _left = pool.submit(enter), pool.submit(leave).result()
        assert answer.result().status_code in (200, 401, 404)
        with app.app_context():
            live = db.session.query(Grant).filter_by(
                organization_id=acme, revoked_at=None
            )
            assert live.count() == 0
            inside = db.session.query(BrowserSession).filter_by(organization_id=acme)
            assert inside.count() == 0
        make.organizations.add(acme, ada)


def test_a_refresh_beside_a_removal_ends_or_is_ended(app, http, make, ada, acme):
    client = make.clients.own_app(scope=SCOPE)
    for _ in range(ROUNDS):
        token = tokens_at(make, client, ada, acme)["refresh_token"]
        barrier = Barrier(2)

        def use(token=token, barrier=barrier):
            barrier.wait()
            return refresh(app.test_client(), client, token)

        def leave(barrier=barrier):
            barrier.wait()
            remove(make, acme, ada)

        with ThreadPoolExecutor(2) as pool:
            used, _left = pool.submit(use), pool.submit(leave).result()
        answer = used.result()
        assert answer.status_code in (200, 400), answer.text
        newest = answer.json.get("refresh_token", token)
        assert refresh(http, client, newest).status_code == 400
        make.organizations.add(acme, ada)
