"""The probes: up is up, ready is able to serve."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import OperationalError

from idp.core.clock import utcnow
from idp.core.connections import Database, is_away
from idp.core.context import service_of, services_of
from idp.core.db import db
from idp.core.pool.disk import DISK
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.oauth.keys.rotation import ensure_keys
from idp.oauth.models import SigningKey
from idp.ops import health
from idp.ops.first_start import prepare_database


@pytest.fixture
def keys(app) -> None:
    """The keys that the first start makes."""
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()


def change(app, statement) -> None:
    with app.app_context():
        db.session.execute(statement)
        db.session.commit()


def checks(http) -> tuple[int, dict]:
    answer = http.get("/readyz")
    return answer.status_code, answer.json["checks"]


def test_a_complete_server_is_ready(http, keys):
    everything = dict.fromkeys(("database", "migrations", "secret_key", "keys"), "ok")
    assert checks(http) == (200, everything)
    assert http.get("/readyz").json["status"] == "ready"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_under_any_host_name_and_are_not_cached(http, keys, path):
    answer = http.get(path, headers={"Host": "10.1.2.3:8000"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_server_without_keys_is_not_ready(http):
    assert checks(http) == (
        503,
        {
            "database": "ok",
            "migrations": "ok",
            "secret_key": "ok",
            "keys": "failed",
        },
    )


def test_a_key_that_signs_only_tomorrow_does_not_count(http, app, keys):
    tomorrow = utcnow() + timedelta(days=1)
    change(app, update(SigningKey).values(signs_from=tomorrow))
    assert checks(http)[1]["keys"] == "failed"


def test_a_server_on_another_schema_is_not_ready(http, app, keys):
    change(app, text("UPDATE alembic_version SET version_num = '9999_future'"))
    assert checks(http)[0] == 200  # its revisions only add, as far as is known
    change(app, text("UPDATE instance SET value = '9998' WHERE key = 'serves_from'"))
    status, found = checks(http)
    assert status == 503
    assert found == {
        "database": "ok",
        "migrations": "failed",
        "secret_key": "failed",
        "keys": "failed",
    }


def test_a_server_with_another_secret_is_not_ready(http, app, keys):
    with app.app_context():
        prepare_database()
    assert checks(http)[0] == 200
    services_of(app)[Keyring] = Keyring(("another secret".ljust(32, "!"),))
    status, found = checks(http)
    assert (status, found["secret_key"]) == (503, "wrong")


def test_while_a_secret_is_replaced_either_opens(http, app, keys, settings):
    with app.app_context():
        prepare_database()
    both = ("another secret".ljust(32, "!"), *settings[ServerSettings].secret_key)
    services_of(app)[Keyring] = Keyring(both)
    assert checks(http)[0] == 200


@pytest.fixture
def environ(request, tmp_path: Path) -> dict[str, str]:
    """Settings of this test: a database that is away, where its name says so."""
    if "away" not in request.node.name:
        return {}
    return {"IDP_DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder/idp.sqlite3"}


def test_a_server_whose_database_is_away_is_up_but_not_ready(http):
    status, found = checks(http)
    assert status == 503
    assert found["database"] == "failed"
    assert http.get("/healthz").json == {"status": "up"}


def test_a_probe_names_no_cause_when_the_database_is_away(http):
    assert "folder" not in http.get("/readyz").text


def only_read(raw, _record) -> None:
    raw.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    raw.commit()


def test_a_server_that_cannot_write_is_not_ready(http, app, keys, monkeypatch):
    engine = service_of(app, Database).engine
    if engine.dialect.name == "sqlite":
        monkeypatch.setattr(health, "ROOM_BYTES", sys.maxsize)
        assert checks(http)[1]["database"] == "full"
    else:
        event.listen(engine, "connect", only_read)
        engine.dispose()
        assert checks(http)[1]["database"] == "read-only"
        event.remove(engine, "connect", only_read)
    assert checks(http)[0] == 503
    assert http.get("/readyz").headers["Retry-After"] == "2"
    engine.dispose()


def test_a_full_disk_is_told_once_a_write_has_come_upon_it(http, app, monkeypatch):
    monkeypatch.setattr(DISK, "_full_until", 0.0)  # and again when the test is over
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            filled = "INSERT INTO instance VALUES ('much', hex(zeroblob(1000000)))"
            db.session.execute(text("PRAGMA max_page_count = 1"))  # as many as it has
        else:
            filled = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"
        with pytest.raises(OperationalError) as raised:
            db.session.execute(text(filled))
        assert is_away(raised.value)
        db.session.rollback()
        db.engine.dispose()
    status, found = checks(http)
    assert (status, found["database"]) == (503, "full")
    monkeypatch.setattr(DISK, "_full_until", 0.0)
    assert checks(http)[1]["database"] == "ok"
