"""What the loop answers itself, and what it leaves to threads."""

import pytest
from sqlalchemy import event

from idp.core.connections import Database, connection, release
from idp.core.context import about_to_wait, begin, service_of, services_of
from idp.core.db import end_unit
from idp.web.asgi.front import AsyncFront
from idp.web.i18n import LANGUAGE_COOKIE
from tests.event_loop import run
from tests.oauth.calls import refresh
from tests.web.asgi.calls import FORM, HOST, Call, refresh_request, token_request

pytestmark = [pytest.mark.usefixtures("http"), pytest.mark.any_database]

LANGUAGE = f"{LANGUAGE_COOKIE}=de".encode()


@pytest.fixture
def front(app):
    return AsyncFront(app, threads=2, body_seconds=10)


def asked(front, call):
    run(call.made(front))
    return call


@pytest.mark.parametrize("path", ["/oauth2/token", "/auth/login"])
def test_a_body_that_comes_in_parts_is_read_whole(front, path):
    parts = [b"grant_", b"type=", b"none&client_id=x"]
    assert asked(front, Call(path, parts=parts)).status in (400, 415)


def test_a_token_request_in_parts_is_answered_as_a_whole(front):
    parts = [b"grant_", b"type=", b"none&client_id=x"]
    answered = asked(front, Call("/oauth2/token", parts=parts))
    assert answered.json["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("path", ["/oauth2/token", "/login"])
def test_a_body_that_never_ends_is_given_up(app, path):
    hasty = AsyncFront(app, threads=2, body_seconds=0.01)
    answered = asked(hasty, Call(path, parts=[b"grant_type=", None]))
    assert answered.status == 408
    assert answered.answer_headers["connection"] == "close"
    assert answered.answer_headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/oauth2/token", "/login"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused(front, path, announced):
    parts = [b"a=" + b"b" * 40_000, b"b" * 40_000]
    length = [(b"content-length", b"80002")] if announced else []
    answered = asked(front, Call(path, headers=[HOST, FORM, *length], parts=parts))
    assert answered.status == 413
    assert answered.answer_headers["connection"] == "close"


@pytest.mark.parametrize("signed_in", [True, False])
def test_files_are_taken_from_who_is_signed_in_alone(front, http, make, signed_in):
    make.browsers.sign_in(http)
    token = http.get_cookie("__Host-idp", domain="idp.example").value
    cookie = (b"cookie", f"__Host-idp={token if signed_in else token[1:]}".encode())
    parts = [b"a=" + b"b" * 60_000, b"b" * 60_000]
    call = Call("/admin/clients/x/branding", headers=[HOST, FORM, cookie], parts=parts)
    assert (asked(front, call).status != 413) is signed_in


def test_a_body_that_is_announced_too_large_is_not_asked_for(front):
    headers = [HOST, FORM, (b"content-length", b"80002"), (b"expect", b"100-continue")]
    answered = asked(front, Call("/oauth2/token", headers=headers, parts=[None]))
    assert answered.status == 413


def test_a_server_that_stops_says_so_to_probes_and_goes_on(front):
    told = asked(front, Call("/readyz", "GET", headers=[HOST]))
    assert "checks" in told.json
    front.leave()
    told = asked(front, Call("/readyz", "GET", headers=[HOST]))
    assert (told.status, told.json) == (503, {"status": "stopping"})
    assert asked(front, Call("/login", "GET", headers=[HOST])).status == 200


@pytest.mark.parametrize("path", ["/oauth2/token", "/login"])
@pytest.mark.parametrize("hosts", [[], [HOST, HOST]])
def test_no_name_of_the_machine_stands_in_for_a_host(front, path, hosts):
    method = "GET" if path == "/login" else "POST"
    assert asked(front, Call(path, method, headers=[*hosts, FORM])).status == 421


def test_a_header_with_an_underscore_does_not_pass_for_another(front):
    disguised = [(b"host", b"evil.example"), (b"x_host", b"idp.example")]
    call = Call("/login", method="GET", headers=[*disguised, (b"_host", HOST[1])])
    assert asked(front, call).status == 421


def test_cookies_in_several_headers_are_one_list(front):
    cookies = [(b"cookie", b"a=1"), (b"cookie", LANGUAGE)]
    call = Call("/login", method="GET", headers=[HOST, *cookies])
    assert 'lang="de"' in asked(front, call).body.decode()


def test_a_refusal_that_must_be_counted_is_counted_once(front, make):
    client = make.clients.machine_client()
    wrong = {"client_id": client.client_id, "client_secret": "wrong"}
    call = token_request(grant_type="client_credentials", **wrong)
    assert asked(front, call).status == 401
    assert make.records.audited("client.auth.fail") == [("refused", None)]


def test_who_left_before_the_answer_is_no_error(front, caplog):
    call = asked(front, Call("/healthz", "GET", headers=[HOST], gone=True))
    assert call.sent == []
    assert [r.levelname for r in caplog.records if r.levelname != "INFO"] == []


def test_what_was_committed_is_not_begun_again(app):
    outer = begin(services_of(app), at_once=True)
    inner = begin(services_of(app))
    try:
        connection().exec_driver_sql("DELETE FROM interactions")
        release(commit=True)
        about_to_wait()  # raises nothing any more
        assert not outer.at_once
    finally:
        end_unit(inner)
        end_unit(outer)


def test_the_loop_writes_on_a_connection_that_does_not_wait(app, front, make, http):
    client = make.clients.spa()
    database = service_of(app, Database)
    patience = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection, cursor, *_more):
        if database.embedded:
            row = cursor.connection.execute("PRAGMA busy_timeout").fetchone()
            patience.append(row[0])

    token = make.tokens.refresh_token(client)
    patience.clear()
    spent = asked(front, refresh_request(client, token)).json["refresh_token"]
    assert set(patience) <= {0}
    patience.clear()
    assert refresh(http, client, spent).status_code == 200
    assert set(patience) <= {5000}


def test_a_unit_inside_one_that_may_not_wait_may_not_either(app):
    outer = begin(services_of(app), at_once=True)
    inner = begin(services_of(app))
    try:
        assert inner.at_once
    finally:
        end_unit(inner)
        end_unit(outer)
