"""Connections that threads keep from one unit of work to the next."""

import sqlite3
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, event, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from idp.core.clock import utcnow
from idp.core.connections import Database, connection, reading, release
from idp.core.context import begin, current, services_of
from idp.core.db import db, end_unit, table_of
from idp.oauth.models import Interaction

interactions = table_of(Interaction)
ONE = text("SELECT 1")
ROW = {
    "digest": "d" * 64,
    "browser": "a secret",
    "client_id": "app",
    "parameters": {},
    "created_at": utcnow(),
    "expires_at": utcnow(),
}


@pytest.fixture
def unit(app):
    """Units of work without any context of Flask's."""

    class Begun:
        def __enter__(self):
            self.unit = begin(services_of(app))

        def __exit__(self, *_error):
            end_unit(self.unit)

    return Begun


@pytest.fixture
def opened(app):
    """The connections that the engine has opened."""
    with app.app_context():
        engine = current(Database).engine
    seen = []
    event.listen(engine, "connect", lambda raw, _record: seen.append(raw))
    return seen


def driver_connection():
    return connection().connection.dbapi_connection


@pytest.fixture
def stored(unit):
    """A row that was committed."""
    with unit():
        add_row()
        release(commit=True)


def add_row():
    connection().execute(insert(interactions), ROW)


def test_rules_need_no_context_of_flask(unit, stored):
    with unit():
        assert db.session.scalar(select(Interaction.client_id)) == "app"


def test_a_thread_works_on_one_connection_unit_after_unit(unit):
    seen = []
    for _ in range(3):
        with unit():
            seen.append(driver_connection())
    assert len(set(map(id, seen))) == 1


def test_a_unit_inside_another_has_a_connection_of_its_own(unit):
    with unit():
        outer = driver_connection()
        with unit():
            assert driver_connection() is not outer
        assert driver_connection() is outer


def test_threads_share_no_connection(unit):
    seen = []

    def work():
        with unit():
            seen.append(driver_connection())

    threads = [Thread(target=work) for _ in range(2)]
    with unit():
        seen.append(driver_connection())
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen[0] not in seen[1:]


def test_threads_that_end_leave_their_connections_to_others(unit, opened):
    def work():
        with unit():
            connection().execute(ONE)

    for _ in range(20):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert len(opened) == 1


def test_the_connections_of_threads_that_ended_are_closed_with_the_engine(unit, opened):
    everyone = Barrier(4)

    def work():
        with unit():
            connection().execute(ONE)
            everyone.wait()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit():
        engine = current(Database).engine
        engine.dispose()
    assert len(opened) == 4
    assert all(map(is_closed, opened))


def is_closed(raw):
    if not isinstance(raw, sqlite3.Connection):
        return raw.closed
    try:
        raw.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def test_what_a_unit_has_not_committed_is_undone(unit, stored):
    with unit():
        connection().execute(delete(interactions))
    with unit():
        assert connection().scalar(select(interactions.c.client_id)) == "app"


def test_a_transaction_that_failed_harms_no_later_unit(unit, stored):
    with unit(), pytest.raises(IntegrityError):
        add_row()
    with unit():
        assert connection().scalar(select(interactions.c.client_id)) == "app"


def test_an_engine_that_is_disposed_of_has_no_connection_left(app, unit, opened):
    with unit():
        connection().execute(ONE)
        release()
        with reading() as held:
            held.execute(ONE)
        current(Database).engine.dispose()
        before = len(opened)
        connection().execute(ONE)
    assert len(opened) == before + 1


def test_a_lost_connection_is_replaced_after_one_error(unit):
    with unit():
        connection().execute(ONE)
        driver_connection().close()
    with unit():
        assert connection().scalar(ONE) == 1


def test_a_reading_connection_that_failed_is_not_kept(unit):
    with unit():
        with pytest.raises(OperationalError):
            read_and_fail()
        with reading() as held:
            assert held.scalar(ONE) == 1


def read_and_fail():
    """Let a statement fail; on PostgreSQL the server ends the connection."""
    with reading() as held:
        postgresql = held.dialect.name == "postgresql"
        lost = "pg_terminate_backend(pg_backend_pid())" if postgresql else "nothing"
        held.execute(text(f"SELECT {lost}"))


def test_an_error_that_is_logged_shows_no_value(unit, stored):
    with unit(), pytest.raises(IntegrityError) as refused:
        add_row()
    assert ROW["browser"] not in str(refused.value)
