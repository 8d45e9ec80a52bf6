"""How long we wait for a PostgreSQL that is frozen, locked, or no primary any more."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import column, create_engine, insert, table, text
from sqlalchemy.exc import DBAPIError, OperationalError

from idp.core.connections import (
    Database,
    commit_was_under_way,
    connection,
    engine_options,
    is_away,
    reading,
    release,
)
from idp.core.context import begin
from idp.core.db import end_unit
from idp.core.pool import commits
from idp.core.pool.commits import COMMITS
from idp.core.pool.limits import Limits
from idp.core.prepared import Prepared
from tests.databases import postgres_server

pytestmark = pytest.mark.any_database  # each has a server of its own

ONE = text("SELECT 1")
PID = text("SELECT pg_backend_pid()")
ADD = text("INSERT INTO things VALUES (1)")
LIMITS = Limits(lock=1, statement=1, idle=60)


@pytest.fixture(scope="module")
def url():
    with postgres_server() as folder:
        url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        engine = create_engine(url)
        with engine.begin() as opened:
            opened.execute(text("CREATE TABLE things (number int)"))
        engine.dispose()
        yield url


@pytest.fixture
def database(url):
    engine = create_engine(url, **engine_options(url, threads=2))
    made = Database(lambda: engine, turns=2)
    made.limits = LIMITS
    yield made
    engine.dispose()


@pytest.fixture
def unit(database):
    @contextmanager
    def begun():
        work = begin({Database: database})
        try:
            yield
        finally:
            end_unit(work)

    return begun


@pytest.fixture
def other(url):
    """A connection of somebody else's."""
    engine = create_engine(url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@contextmanager
def frozen(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_statement_that_a_frozen_server_never_answers_is_given_up(unit):
    with unit(), frozen(connection().scalar(PID)):
        with pytest.raises(OperationalError) as raised:
            connection().execute(ONE)
        assert is_away(raised.value)
        assert not commit_was_under_way(raised.value)
    with unit():
        assert connection().scalar(ONE) == 1


def test_a_commit_without_an_answer_is_told_from_one_that_failed(unit, monkeypatch):
    monkeypatch.setattr(commits, "LONG_SECONDS", LIMITS.statement)
    with unit():
        pid = connection().scalar(PID)
        connection().execute(ADD)
        with frozen(pid), pytest.raises(OperationalError) as raised:
            release(commit=True)
        assert commit_was_under_way(raised.value)
        assert COMMITS.are_slow()
        connection().execute(ADD)
        release(commit=True)
        assert not COMMITS.are_slow()


def test_after_a_connection_was_lost_older_ones_are_not_used(unit):
    def process():
        with unit():
            return connection().scalar(PID)

    with ThreadPoolExecutor(1) as thread:
        rests = thread.submit(process).result()
        with unit(), frozen(connection().scalar(PID)), pytest.raises(OperationalError):
            connection().execute(ONE)
        assert thread.submit(process).result() != rests


def test_a_lock_is_waited_for_until_its_limit(unit, database, other):
    database.limits = Limits(lock=1, statement=60)
    other.execute(text("LOCK TABLE things"))
    with unit(), pytest.raises(OperationalError, match="lock timeout") as raised:
        connection().execute(ADD)
    assert is_away(raised.value)


def test_a_long_statement_is_ended_by_the_server_and_the_connection_is_kept(unit):
    with unit():
        pid = connection().scalar(PID)
        with pytest.raises(OperationalError, match="statement timeout"):
            connection().execute(text("SELECT pg_sleep(60)"))
        release()
        assert connection().scalar(PID) == pid


@pytest.mark.parametrize("way", ["plain", "prebuilt"])
def test_a_server_that_only_reads_is_left(unit, other, way):
    make_read_only = "ALTER DATABASE postgres SET default_transaction_read_only = {}"
    other.commit()
    other.execute(text(make_read_only.format("on")))
    other.commit()
    try:
        with unit():
            pid = connection().scalar(PID)
            with pytest.raises(DBAPIError) as raised:
                write(way)
            assert is_away(raised.value)
    finally:
        other.execute(text("SET transaction_read_only = off"))
        other.execute(text(make_read_only.format("off")))
        other.commit()
    with unit():
        assert connection().scalar(PID) != pid
        write(way)


def write(way):
    if way == "plain":
        connection().execute(ADD)
    else:
        Prepared(insert(table("things", column("number")))).run({"number": 1})


def test_commands_have_no_limit(unit, database):
    database.limits = Limits()
    with unit(), reading() as held:
        assert held.scalar(text("SHOW statement_timeout")) == "0"
        assert held.scalar(text("SHOW lock_timeout")) == "0"


@pytest.mark.parametrize(("prepare", "threshold"), [("auto", 5), ("never", None)])
def test_statements_are_prepared_where_no_pooler_stands_between(
    url, prepare, threshold
):
    engine = create_engine(url)
    Database(lambda: engine, turns=1, prepare=prepare).engine  # noqa: B018
    with engine.connect() as opened:
        assert opened.connection.dbapi_connection.prepare_threshold == threshold
    engine.dispose()


def test_what_the_url_says_of_the_network_wins(url):
    address = f"{url}&connect_timeout=7"
    engine = create_engine(address, **engine_options(address, threads=1))
    asked = Database(lambda: engine, turns=1).engine
    with asked.connect() as opened:
        driver = opened.connection.dbapi_connection
        assert driver.info.get_parameters()["connect_timeout"] == "7"
        assert driver.info.get_parameters()["tcp_user_timeout"] == "5000"
    engine.dispose()
