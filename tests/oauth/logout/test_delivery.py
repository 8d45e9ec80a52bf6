"""Notices reach their apps: once where all goes well, later where it does not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from idp.core.context import current
from idp.core.db import db
from idp.oauth import jobs
from idp.oauth.clients.cache import ClientCache
from idp.oauth.logout import delivery as logout_delivery
from idp.oauth.models import Client, LogoutDelivery
from idp.security.models import AuditEvent
from idp.security.outbound.client import Outbound
from tests.oauth.signing_out import (
    LOOPBACK_OPEN,
    checked,
    deliver,
    log_of,
    logout,
    receiver,
    sign_in_at,
)


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def app_server():
    with receiver() as made:
        yield made


@pytest.fixture
def client(make, app_server):
    return make.clients.client(backchannel_logout_uri=app_server.uri)


@pytest.fixture
def sign_out(http, make):
    """Signs somebody in at an app, and out again; returns the session's id."""

    def signed_out(client):
        ada = make.browsers.sign_in(http)
        tokens = sign_in_at(http, make, client, person=ada.person)
        logout(http, id_token_hint=tokens["id_token"])
        return ada.session_id

    return signed_out


def change_metadata(app, client, **changed):
    with app.app_context():
        row = db.session.get_one(Client, client.client_id)
        row.registered = row.registered | changed
        db.session.commit()
        current(ClientCache).forget()


def test_a_notice_is_sent_once_and_logged(app, client, app_server, sign_out):
    sid = sign_out(client)
    assert deliver(app) == 1
    assert deliver(app) == 0
    assert len(app_server.tokens) == 1
    (entry,) = log_of(app)
    assert (entry["sid"], entry["tries"]) == (sid, 1)
    assert entry["delivered_at"]
    assert not entry["last_error"]
    assert not entry["claimed_until"]


@pytest.mark.parametrize(
    "status", ["500 Oops", "400 Bad Request", "302 Found", "404 Not Found"]
)
def test_what_is_no_success_is_tried_again(app, client, app_server, sign_out, status):
    app_server.status = status
    sign_out(client)
    assert deliver(app) == 0
    (entry,) = log_of(app)
    assert entry["last_error"] == f"http_{status[:3]}"
    assert not entry["delivered_at"]
    assert not entry["failed_at"]


def test_a_later_try_sends_a_fresh_token(app, client, app_server, sign_out, clock):
    http = app.test_client()
    app_server.status = "503 Later"
    sid = sign_out(client)
    assert [deliver(app), deliver(app)] == [0, 0]
    assert len(app_server.tokens) == 1
    app_server.status = "200 OK"
    clock.tick(seconds=5)
    assert deliver(app) == 1
    old, new = (checked(http, token, client.client_id) for token in app_server.tokens)
    assert old["sid"] == new["sid"] == sid
    assert old["jti"] != new["jti"]
    assert new["iat"] == old["iat"] + 5
    assert log_of(app)[0]["tries"] == 2


def test_an_app_that_is_away_is_tried_for_a_day(app, make, sign_out, clock):
    client = make.clients.client(backchannel_logout_uri="http://127.0.0.1:9/gone")
    sign_out(client)
    waits = []
    for _ in range(50):
        deliver(app)
        (entry,) = log_of(app)
        if entry["failed_at"]:
            break
        waits.append(entry["next_try_at"] - clock.now)
        clock.now = entry["next_try_at"]
    assert waits[:3] == [timedelta(seconds=s) for s in (5, 10, 20)]
    assert max(waits) == timedelta(hours=1)
    assert timedelta(hours=22) < sum(waits, timedelta()) <= timedelta(hours=24)
    assert log_of(app)[0]["last_error"] == "connection"
    clock.tick(days=1)
    assert deliver(app) == 0


def test_a_worker_that_died_leaves_the_notice_to_the_next(
    app, client, app_server, sign_out, clock
):
    sign_out(client)
    (entry,) = log_of(app)
    with app.app_context():
        assert logout_delivery.NOTICES.claim(entry["id"])
        assert not logout_delivery.NOTICES.claim(entry["id"])
    assert deliver(app) == 0
    clock.tick(minutes=1)
    assert deliver(app) == 1
    assert log_of(app)[0]["tries"] == 2


def test_of_two_workers_one_sends_it(app, client, app_server, sign_out):
    sign_out(client)
    both = Barrier(2)

    def work(_number):
        both.wait()
        return deliver(app)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 1
    assert len(app_server.tokens) == 1


def test_an_app_that_wants_no_notices_any_more_gets_none(
    app, client, app_server, sign_out
):
    sign_out(client)
    change_metadata(app, client, backchannel_logout_uri=None)
    assert deliver(app) == 0
    assert app_server.requests == []
    assert log_of(app)[0]["last_error"] == "client_gone"
    assert log_of(app)[0]["failed_at"]


def test_an_address_inside_is_never_called(app, client, app_server, sign_out):
    sign_out(client)
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=False)
    assert deliver(app) == 0
    assert app_server.requests == []
    assert log_of(app)[0]["last_error"] == "blocked_url"
    assert log_of(app)[0]["failed_at"]
    with app.app_context():
        (event,) = db.session.query(AuditEvent).filter_by(event="ssrf.blocked")
        assert event.client_id == client.client_id


def test_an_app_that_is_away_holds_up_no_other(app, make, app_server, sign_out):
    away = make.clients.client(backchannel_logout_uri="http://127.0.0.1:9/gone")
    for _ in range(logout_delivery.BATCH):
        sign_out(away)
    sign_out(make.clients.client(backchannel_logout_uri=app_server.uri))
    assert deliver(app) == 1
    assert len(app_server.tokens) == 1


def test_many_notices_of_one_app_leave_one_round_after_the_other(
    app, client, app_server, sign_out
):
    for _ in range(logout_delivery.PER_CLIENT + 1):
        sign_out(client)
    assert [deliver(app), deliver(app)] == [logout_delivery.PER_CLIENT, 1]


def test_the_log_is_kept_for_a_week(app, client, sign_out, clock):
    sign_out(client)
    deliver(app)
    clock.tick(days=6)
    with app.app_context():
        jobs.purge_expired()
        assert db.session.query(LogoutDelivery).count() == 1
    clock.tick(days=3)
    with app.app_context():
        jobs.purge_expired()
        assert db.session.query(LogoutDelivery).count() == 0
