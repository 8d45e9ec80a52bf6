"""What processes keep of the database, and how they hear that it has changed."""

import time

import pytest
from sqlalchemy import text

from idp.app import create_app
from idp.core.db import db
from idp.oauth.apis.registry import ApiDeclaration, create_api, delete_api, get_api
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.changes import delete_client, disable_client
from idp.oauth.keys import rotation
from idp.ops.processes.cache_watch import CacheWatch
from tests.oauth.calls import client_credentials

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
