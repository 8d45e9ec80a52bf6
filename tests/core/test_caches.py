"""What processes keep of the database, and how they hear that it has changed."""

import time
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from idp.app import create_app
from idp.core.db import db
from idp.oauth.apis.registry import ApiDeclaration, create_api, delete_api, get_api
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.changes import disable_client
from idp.oauth.clients.edits.deletion import delete_client
from idp.oauth.keys import rotation
from idp.ops.processes.cache_watch import CacheWatch
from tests.oauth.calls import client_credentials
from tests.rp import RelyingParty

API = "https://files.example"
JWKS = "/.well-known/jwks.json"


@pytest.fixture
def elsewhere(app, settings, http):
    """Another node on the same database."""
    made = create_app(settings)
    made.test_client_class = app.test_client_class
    yield made
    with made.app_context():
        db.engine.dispose()


def change(app, rule, *given, **how) -> None:
    with app.app_context():
        rule(*given, **how)
        db.session.commit()


def look(app) -> None:
    CacheWatch(app).look()


@pytest.mark.parametrize("rule", [disable_client, delete_client])
def test_a_client_that_ends_at_one_node_ends_at_the_other(
    app, http, make, elsewhere, rule
):
    client = make.clients.machine_client()
    look(app)
    assert client_credentials(http, client).status_code == 200
    change(elsewhere, rule, client.client_id)
    look(app)
    assert client_credentials(http, client).status_code == 401


def test_an_api_that_ends_at_one_node_ends_at_the_other(app, http, make, elsewhere):
    with app.app_context():
        create_api(API, ApiDeclaration(name="Files"))
        db.session.commit()
    client = make.clients.machine_client(apis=[API])
    look(app)
    assert client_credentials(http, client, resource=API).status_code == 200
    change(elsewhere, lambda: delete_api(get_api(API)))
    look(app)
    refused = client_credentials(http, client, resource=API)
    assert refused.json["error"] == "invalid_target"


def test_a_key_that_is_made_at_one_node_is_published_at_the_other(
    app, http, make, elsewhere
):
    make.clients.machine_client()
    look(app)
    known = len(http.get(JWKS).json["keys"])
    change(elsewhere, rotation.rotate)
    assert len(http.get(JWKS).json["keys"]) == known
    look(app)
    assert len(http.get(JWKS).json["keys"]) == 2 * known


def test_looking_is_one_select_and_keeps_all_else_at_none(
    app, http, make, clock, statements
):
    client = make.clients.machine_client()
    client_credentials(http, client)
    look(app)
    client_credentials(http, client)
    for _ in range(5):
        clock.tick(seconds=20)
        with statements() as seen:
            look(app)
        assert seen == ["SELECT"]
        with statements() as seen:
            assert client_credentials(http, client).status_code == 200
        assert seen == []


def test_where_nobody_looks_nothing_is_believed_for_long(http, make, clock, elsewhere):
    client = make.clients.machine_client()
    assert client_credentials(http, client).status_code == 200
    change(elsewhere, disable_client, client.client_id)
    clock.tick(seconds=29)
    assert client_credentials(http, client).status_code == 200
    clock.tick(seconds=1)
    assert client_credentials(http, client).status_code == 401


def test_a_change_that_is_undone_is_not_kept(app, http, make):
    client = make.clients.machine_client()
    look(app)
    with app.app_context():
        disable_client(client.client_id)
        assert find_client(client.client_id).disabled
        db.session.rollback()
    look(app)
    assert client_credentials(http, client).status_code == 200


def test_what_is_read_just_before_a_change_is_committed_is_not_believed(
    app, http, make
):
    client = make.clients.machine_client()
    look(app)
    with app.app_context():
        disable_client(client.client_id)
        assert client_credentials(http, client).status_code == 200
        db.session.commit()
    assert client_credentials(http, client).status_code == 401


def rename(app, old, new) -> None:
    with app.app_context():
        db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
        db.session.commit()


def test_a_database_that_cannot_answer_is_logged_once_and_asked_again(
    http, make, elsewhere, caplog
):
    app, client = http.application, make.clients.machine_client()
    watch = CacheWatch(app)
    watch.look()
    assert client_credentials(http, client).status_code == 200
    rename(app, "cache_versions", "away")
    watch.look()
    watch.look()
    assert client_credentials(http, client).status_code == 200
    rename(app, "away", "cache_versions")
    assert [r.message for r in caplog.records].count("caches unchecked") == 1
    change(elsewhere, disable_client, client.client_id)
    watch.look()
    assert client_credentials(http, client).status_code == 401


@pytest.fixture
def away(app):
    """Takes the database away, with all connections to it, and brings it back."""

    @contextmanager
    def gone():
        with app.app_context():
            engine = db.engine
        listening = (
            (engine, "do_connect", refuse),
            (engine, "before_cursor_execute", refuse),
        )
        for one in listening:
            event.listen(*one)
        try:
            yield
        finally:
            for one in listening:
                event.remove(*one)

    return gone


def refuse(*_about):
    raise OperationalError("connect", None, ConnectionError("gone"))


def test_what_is_kept_answers_for_30_seconds_without_the_database_and_then_503(
    app, http, make, clock, away
):
    machine, spa = make.clients.machine_client(), make.clients.spa()
    silent = RelyingParty(http, spa).parameters(prompt="none")

    def authorize():
        return http.get("/oauth2/authorize", query_string=silent)

    watch = CacheWatch(app)
    watch.look()
    assert client_credentials(http, machine).status_code == 200
    assert authorize().status_code == 302
    watch.look()
    with away():
        for _ in range(29):
            clock.tick(seconds=1)
            watch.look()
        assert client_credentials(http, machine).status_code == 200
        assert "error=login_required" in authorize().location
        clock.tick(seconds=1)
        watch.look()
        refused = client_credentials(http, machine)
        assert refused.status_code == 503
        assert refused.json["error"] == "temporarily_unavailable"
        page = authorize()
        assert page.status_code == 503
        assert "Location" not in page.headers
        for answer in (refused, page):
            assert answer.headers["Retry-After"] == "2"
    watch.look()
    assert client_credentials(http, machine).status_code == 200
    assert authorize().status_code == 302


def test_a_running_watch_sees_by_itself_what_another_node_does(
    app, http, make, elsewhere
):
    watch = CacheWatch(app)
    client = make.clients.machine_client()
    assert client_credentials(http, client).status_code == 200
    watch.start()
    try:
        change(elsewhere, disable_client, client.client_id)
        deadline = time.monotonic() + 10
        while client_credentials(http, client).status_code != 401:
            assert time.monotonic() < deadline
    finally:
        watch.stop()
