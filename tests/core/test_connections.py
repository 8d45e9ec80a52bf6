"""Connections to a database server that goes away and comes back."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from idp.core.connections import engine_options
from idp.core.pool import rest
from tests.databases import postgres_server

PID = text("SELECT pg_backend_pid()")


@pytest.fixture(scope="module")
def url():
    with postgres_server() as socket_folder:
        yield f"postgresql+psycopg://postgres@/postgres?host={socket_folder}"


@pytest.fixture
def engine(url):
    made = create_engine(url, **engine_options(url, threads=1))
    yield made
    made.dispose()


@pytest.fixture
def end(url):
    """End the backend of a connection, as a restart of the database does."""

    def ended(pid):
        other = create_engine(url)
        with other.connect() as connection:
            kill = text("SELECT pg_terminate_backend(:pid, 5000)")
            assert connection.execute(kill, {"pid": pid}).scalar_one()
        other.dispose()

    return ended


def backend(engine):
    with engine.connect() as connection:
        return connection.execute(PID).scalar_one()


def test_a_connection_is_used_again_without_being_asked(engine):
    assert backend(engine) == backend(engine)


def test_a_rested_connection_that_died_is_replaced(engine, end, monkeypatch):
    monkeypatch.setattr(rest, "RESTED_SECONDS", 0.0)
    first = backend(engine)
    end(first)
    assert backend(engine) != first


def test_a_busy_connection_that_died_fails_once(engine, end, monkeypatch):
    monkeypatch.setattr(rest, "RESTED_SECONDS", 60.0)
    end(backend(engine))
    with pytest.raises(OperationalError):
        backend(engine)
    assert backend(engine)
