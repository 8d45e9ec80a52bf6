"""A client that is deleted or switched off while requests of it are answered."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event, select

from idp.core.db import db
from idp.oauth.authorization.connected_apps import remove_app
from idp.oauth.clients.changes import (
    UnknownClient,
    change_client,
    disable_client,
    enable_client,
    get_client,
)
from idp.oauth.clients.edits.deletion import delete_client
from idp.oauth.clients.secrets import rotate_secret
from idp.oauth.models import Grant
from tests.hosted_pages import follow, press, read_page
from tests.issuer import ISSUER, IssuerClient
from tests.oauth.calls import ask_for_device, redeem, refresh
from tests.oauth.devices import Device, type_code
from tests.oauth.signing_out import logout, sign_in_at
from tests.rp import RelyingParty

CALLERS = 6
ROUNDS = 4
DELETED = delete_client, "unknown here"
DISABLED = disable_client, "switched off"


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.fixture
def elsewhere(app):
    """Changes a client by another request, with a connection of its own."""

    def change(rule, client, **how):
        def run():
            with app.app_context():
                rule(client.client_id, **how)
                db.session.commit()

        with ThreadPoolExecutor(1) as other:
            other.submit(run).result()

    return change


@pytest.fixture
def just_before(app):
    """Run something, once, just before a statement that begins so."""

    def arrange(beginning, act):
        waiting = [act]

        def before(_connection, _cursor, statement, *_rest):
            if statement.startswith(beginning) and waiting:
                waiting.pop()()

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", before)

    return arrange


@pytest.mark.parametrize("end", [DELETED, DISABLED], ids=["deleted", "disabled"])
def test_no_code_is_given_to_a_client_that_ends_beside_the_request(
    http, make, elsewhere, just_before, end
):
    rule, said = end
    client = make.clients.spa(scope="openid")
    browser = make.browsers.sign_in(http)
    make.clients.consent(browser.person, client, "openid")
    rp = RelyingParty(http, client)
    just_before("INSERT INTO grants", lambda: elsewhere(rule, client))
    answer = rp.ask()
    assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert rp.ask().status_code == 400


def test_an_answer_for_a_client_that_is_gone_shows_a_page(
    http, make, elsewhere, just_before
):
    client = make.clients.spa(scope="openid")
    make.browsers.sign_in(http)
    page = RelyingParty(http, client).reach()
    just_before(
        "UPDATE interactions SET allowed_by", lambda: elsewhere(delete_client, client)
    )
    answer = follow(http, press(http, page, decision="allow"))
    assert answer.status_code == 400


def test_a_device_of_a_client_that_is_gone_gets_no_codes(
    http, make, elsewhere, just_before
):
    client = make.clients.device_client(scope="openid")
    just_before("INSERT INTO device_codes", lambda: elsewhere(delete_client, client))
    refused = ask_for_device(http, client, scope="openid")
    assert (refused.status_code, refused.json["error"]) == (401, "invalid_client")


def test_a_device_of_a_client_that_is_gone_is_not_connected(
    http, make, elsewhere, just_before
):
    client = make.clients.device_client(scope="openid")
    make.browsers.sign_in(http)
    page = type_code(http, Device(http, client).user_code)
    just_before("INSERT INTO grants", lambda: elsewhere(delete_client, client))
    assert press(http, page, decision="allow").status_code == 400


def at_once(*acts):
    """Run each in a thread of its own, all at the same moment; return what they did."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.fixture
def changing(app):
    """Returns what makes a change of a client, and tells whether there was one."""

    def change(rule, client, **how):
        def run():
            with app.app_context():
                try:
                    rule(client.client_id, **how)
                    db.session.commit()
                except UnknownClient:
                    return False
            return True

        return run

    return change


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_authorization_requests_beside_a_deletion_are_answered(
    app, http, make, changing, _round
):
    client = make.clients.spa(scope="openid")
    person = make.users.account()
    make.clients.consent(person, client, "openid")
    token = make.browsers.session(person)

    def ask():
        browser = app.test_client()
        browser.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
        return RelyingParty(browser, client).ask().status_code

    app.test_client_class = IssuerClient
    *answers, deleted = at_once(*[ask] * (CALLERS - 1), changing(delete_client, client))
    assert deleted
    assert set(answers) <= {302, 400}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_redemptions_beside_a_deletion_are_answered(app, http, make, changing, _round):
    client = make.clients.spa()
    codes = [make.tokens.code(client) for _ in range(CALLERS - 1)]

    def redeeming(made):
        return lambda: redeem(app.test_client(), made).status_code

    acts = [*map(redeeming, codes), changing(delete_client, client)]
    *answers, deleted = at_once(*acts)
    assert deleted
    assert set(answers) <= {200, 400, 401}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_changes_beside_a_deletion_find_the_client_or_find_it_gone(
    make, changing, _round
):
    client = make.clients.web_client()
    *_, deleted = at_once(
        changing(disable_client, client),
        changing(enable_client, client),
        changing(rotate_secret, client, overlap=None),
        changing(delete_client, client),
    )
    assert deleted


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_sign_out_beside_a_deletion_is_answered(http, make, changing, _round):
    told = {"backchannel_logout_uri": "https://app.example/backchannel"}
    client = make.clients.web_client(**told)
    ada = make.browsers.sign_in(http)
    hint = sign_in_at(http, make, client, person=ada.person)["id_token"]

    def sign_out():
        return logout(http, id_token_hint=hint).status_code

    status, deleted = at_once(sign_out, changing(delete_client, client))
    assert deleted
    assert status < 500


def unmark(client_id):
    """Take the mark first_party from a client, as an operator does."""
    registered = get_client(client_id).registered
    change_client(client_id, registered, first_party=False)


def test_an_app_that_is_no_longer_ours_asks_at_a_node_that_has_not_heard(
    http, make, elsewhere, just_before
):
    client = make.clients.own_app(scope="openid account")
    make.browsers.sign_in(http)
    rp = RelyingParty(http, client, scope="openid account")
    just_before("INSERT INTO grants", lambda: elsewhere(unmark, client))
    page = rp.reach(resource=f"{ISSUER}/account")
    assert "Change your name and profile" in read_page(page).text
    tokens = rp.finish(rp.allow(page)).tokens
    assert tokens["scope"] == "openid account:profile account:read"


def test_a_device_of_an_app_that_is_no_longer_ours_is_asked_about_anew(
    http, make, elsewhere, just_before
):
    client = make.clients.device_client(scope="openid account", first_party=True)
    make.browsers.sign_in(http)
    asked = {"scope": "openid account", "resource": f"{ISSUER}/account"}
    device = Device(http, client, **asked)
    page = type_code(http, device.user_code)
    just_before("INSERT INTO grants", lambda: elsewhere(unmark, client))
    page = follow(http, press(http, page, decision="allow"))
    assert "Change your name and profile" in read_page(page).text
    assert device.error() == "authorization_pending"
    follow(http, press(http, page, decision="allow"))
    assert "account:read" in device.poll().json["scope"].split()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_requests_of_an_app_that_is_no_longer_ours_are_answered(
    app, http, make, changing, _round
):
    scope = "openid account"
    told = {"backchannel_logout_uri": "https://app.example/backchannel"}
    client = make.clients.own_app(scope=scope, **told)
    ada = make.browsers.sign_in(http)
    hint = sign_in_at(http, make, client, person=ada.person)["id_token"]
    kept = make.tokens.refresh_token(client, scope=scope)
    code = make.tokens.code(client, scope=scope)
    eve = make.users.signed_in_person()
    make.tokens.code(client, scope=scope, person=eve)
    *answers, removed, changed = at_once(
        lambda: logout(http, id_token_hint=hint).status_code,
        lambda: refresh(app.test_client(), client, kept).status_code,
        lambda: redeem(app.test_client(), code).status_code,
        changing(lambda client_id: remove_app(eve[0], client_id), client),
        changing(unmark, client),
    )
    assert (removed, changed) == (True, True)
    assert max(answers) < 500
    with app.app_context():
        live = select(Grant.scope).where(Grant.revoked_at.is_(None))
        assert set(db.session.scalars(live)) == {"openid account:profile account:read"}
