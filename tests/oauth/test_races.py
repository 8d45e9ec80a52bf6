"""Many requests with one code or token at once, in threads and in processes."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Thread

import pytest
from sqlalchemy import event

from idp.accounts.sessions.end import end_all_sessions, end_session
from idp.app import create_app
from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import DEVICE_CODE
from idp.oauth.keys import rotation
from idp.oauth.models import AuthorizationCode, Grant, SigningKey
from idp.oauth.tokens.grant_revocation import revoke_of_user
from idp.ops.configuration import configure
from tests.hosted_pages import follow, press
from tests.issuer import IssuerClient
from tests.oauth.assertions import (
    assertion_form,
    claims_for,
    new_key,
    signed,
    signing_client,
)
from tests.oauth.calls import refresh, userinfo
from tests.oauth.devices import Device, connect, type_code
from tests.rp import RelyingParty

CALLERS = 16
PROCESSES = 2


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.fixture
def settings_values(settings, tmp_path):
    """The environment of another process of this server."""
    server = settings[ServerSettings]
    return {
        "IDP_ISSUER": server.issuer,
        "IDP_DATABASE_URL": server.database_url,
        "IDP_SECRET_KEY": server.secret_key[0],
        "IDP_MAIL_URL": f"file://{tmp_path}/mail.jsonl",
        "IDP_THREADS": str(CALLERS),
    }


def post(app, form):
    app.test_client_class = IssuerClient
    answer = app.test_client().post("/oauth2/token", data=form)
    return answer.status_code, answer.json


def at_once(app, form, callers=CALLERS):
    """Send the same form from many threads of one app."""
    barrier = Barrier(callers)

    def call(_number):
        barrier.wait()
        return post(app, form)

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(call, range(callers)))


def call_from_a_process(values, form, start, answers):
    """Send the form from the threads of an app in a process of its own."""
    app = create_app(configure(values))
    post(app, {"grant_type": "none"})
    start.wait()
    answers.put(at_once(app, form, CALLERS // PROCESSES))


def from_processes(values, form):
    """Send the same form from the threads of several processes."""
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(PROCESSES), spawn.Queue()
    workers = [
        spawn.Process(target=call_from_a_process, args=(values, form, start, answers))
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    gathered = [answer for _ in workers for answer in answers.get(timeout=60)]
    for worker in workers:
        worker.join()
    return gathered


def refresh_form(client, token):
    return {
        "grant_type": "refresh_token",
        "client_id": client.client_id,
        "refresh_token": token,
    }


def test_of_parallel_redemptions_of_a_code_one_wins(app, make):
    answers = at_once(app, make.tokens.code(make.clients.spa()).form)
    assert sorted(status for status, _ in answers) == [200] + [400] * (CALLERS - 1)
    errors = {body["error"] for status, body in answers if status != 200}
    assert errors == {"invalid_grant"}


def test_of_parallel_polls_of_an_allowed_device_one_wins(app, http, make):
    make.browsers.sign_in(http)
    device = Device(http, make.clients.device_client())
    connect(http, device)
    form = {
        "grant_type": DEVICE_CODE,
        "client_id": device.client.client_id,
        "device_code": device.told["device_code"],
    }
    answers = at_once(app, form)
    assert sorted(status for status, _ in answers) == [200] + [400] * (CALLERS - 1)
    errors = {body["error"] for status, body in answers if status != 200}
    assert errors == {"invalid_grant"}


def test_parallel_refreshes_all_get_the_one_successor(app, http, make):
    spa = make.clients.spa()
    answers = at_once(app, refresh_form(spa, make.tokens.refresh_token(spa)))
    assert {status for status, _ in answers} == {200}
    assert len({body["refresh_token"] for _, body in answers}) == 1
    last = answers[-1][1]
    assert userinfo(http, last["access_token"]).status_code == 200
    assert refresh(http, spa, last["refresh_token"]).status_code == 200


@pytest.mark.processes
def test_of_redemptions_in_two_processes_one_wins(settings_values, make):
    answers = from_processes(settings_values, make.tokens.code(make.clients.spa()).form)
    assert sorted(status for status, _ in answers) == [200] + [400] * (CALLERS - 1)


@pytest.mark.processes
def test_refreshes_in_two_processes_all_get_the_one_successor(
    settings_values, http, make
):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa)
    answers = from_processes(settings_values, refresh_form(spa, token))
    assert {status for status, _ in answers} == {200}
    assert len({body["refresh_token"] for _, body in answers}) == 1
    last = answers[0][1]["refresh_token"]
    assert refresh(http, spa, last).status_code == 200


def test_a_revocation_beside_a_refresh_leaves_no_token(app, http, make):
    spa, person = make.clients.spa(), make.users.signed_in_person()
    token = make.tokens.refresh_token(spa, person=person)

    def revoke():
        with app.app_context():
            revoke_of_user(person[0])
            db.session.commit()

    def before_the_spending_update(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE refresh_families SET generation"):
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(revoke).result()

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", before_the_spending_update)
    assert refresh(http, spa, token).json["error"] == "invalid_grant"


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


@pytest.fixture
def beside_the_grant(just_before):
    """Run something, once, just before a grant is added."""
    return partial(just_before, "INSERT INTO grants")


def in_a_thread(act):
    """Return ``act`` as another request does it: with a connection of its own."""

    def run():
        thread = Thread(target=act)
        thread.start()
        thread.join()

    return run


@pytest.mark.parametrize("scope", ["openid", "openid offline_access"])
def test_no_code_is_issued_beside_the_end_of_its_session(
    app, http, make, beside_the_grant, scope
):
    ada = make.browsers.sign_in(http)
    rp = RelyingParty(http, make.clients.own_app(scope=scope), scope=scope)

    def sign_out():
        with app.app_context():
            end_all_sessions(ada.user_id)
            db.session.commit()

    beside_the_grant(in_a_thread(sign_out))
    assert rp.checked(rp.ask(prompt="none"))["error"] == "login_required"


def test_no_device_is_connected_beside_the_end_of_the_session(
    app, http, make, beside_the_grant
):
    ada = make.browsers.sign_in(http)
    device = Device(http, make.clients.device_client())
    page = type_code(http, device.user_code)

    def sign_out():
        with app.app_context():
            end_all_sessions(ada.user_id)
            db.session.commit()

    beside_the_grant(in_a_thread(sign_out))
    press(http, page, decision="allow")
    assert device.error() == "authorization_pending"


def test_of_two_answers_at_once_only_one_leaves_something(
    app, http, make, beside_the_grant
):
    make.browsers.sign_in(http)
    device = Device(http, make.clients.device_client())
    page = type_code(http, device.user_code)
    beside_the_grant(in_a_thread(lambda: press(http, page, decision="deny")))
    press(http, page, decision="allow")
    assert device.error() == "access_denied"
    with app.app_context():
        assert db.session.query(Grant).count() == 0


@pytest.fixture
def allowed(http, make):
    """A request that was allowed on the consent page, and its answer not yet taken."""
    make.browsers.sign_in(http)
    rp = RelyingParty(http, make.clients.spa(scope="openid"))
    return rp, press(http, rp.reach(prompt="consent"), decision="allow").location


def codes_in(app):
    with app.app_context():
        return db.session.query(AuthorizationCode).count()


def test_of_two_tabs_that_race_through_consent_one_gets_a_code(
    app, http, allowed, just_before
):
    rp, waiting = allowed
    answers = []

    def second_tab():
        answers.append(http.get(waiting))

    just_before("UPDATE interactions SET finished_at", in_a_thread(second_tab))
    first_tab = http.get(waiting)
    assert rp.checked(answers[0])["code"]
    assert first_tab.location == waiting, "it is told to begin again"
    assert codes_in(app) == 1
    assert follow(http, first_tab).request.path == "/consent"


def test_of_many_tabs_at_once_one_gets_a_code(app, http, allowed):
    _, waiting = allowed
    cookie = http.get_cookie("__Host-idp", domain="idp.example")
    barrier = Barrier(CALLERS)

    def open_tab(_number):
        tab = app.test_client()
        tab.set_cookie(cookie.key, cookie.value, domain="idp.example", secure=True)
        barrier.wait()
        return tab.get(waiting)

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(open_tab, range(CALLERS)))
    assert {answer.status_code for answer in answers} == {302}
    assert ["code=" in answer.location for answer in answers].count(True) == 1
    assert codes_in(app) == 1


def test_nodes_that_start_together_make_one_first_key(app):
    barrier = Barrier(4)

    def start(_number):
        with app.app_context():
            barrier.wait()
            rotation.ensure_keys("ES256")
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    with app.app_context():
        assert db.session.query(SigningKey).count() == 1


def test_of_many_requests_with_one_assertion_one_is_answered(app, make):
    key = new_key()
    client = signing_client(make, key)
    form = assertion_form(signed(claims_for(client.client_id), key))
    answers = at_once(app, form | {"grant_type": "client_credentials"})
    assert [status for status, _ in answers].count(200) == 1
    assert {status for status, _ in answers} <= {200, 401, 429}


@pytest.mark.parametrize(
    "at",
    [("UPDATE browser_sessions", 6), ("UPDATE refresh_families", 4)],
)
def test_a_sign_out_beside_a_refresh_leaves_nothing(app, make, clock, just_before, at):
    spa, person = make.clients.spa(), make.users.signed_in_person()
    token = make.tokens.refresh_token(spa, person=person, scope="openid")
    beginning, minutes = at
    clock.tick(minutes=minutes)

    def sign_out():
        with app.app_context():
            end_session(person[1])
            db.session.commit()

    just_before(beginning, in_a_thread(sign_out))
    _, answer = post(app, refresh_form(spa, token))
    assert answer["error"] == "invalid_grant"


def test_sign_outs_and_refreshes_at_once_leave_nothing(app, http, make, clock):
    for _ in range(4):
        spa, person = make.clients.spa(), make.users.signed_in_person()
        token = make.tokens.refresh_token(spa, person=person, scope="openid")
        clock.tick(minutes=6)

        def sign_out(session_id=person[1]):
            with app.app_context():
                end_session(session_id)
                db.session.commit()

        with ThreadPoolExecutor(1) as elsewhere:
            ended = elsewhere.submit(sign_out)
            answers = at_once(app, refresh_form(spa, token), 4)
            ended.result()
        assert {status for status, _ in answers} <= {200, 400}
        for held in [token, *(body.get("refresh_token") for _, body in answers)]:
            assert not held or refresh(http, spa, held).status_code == 400
