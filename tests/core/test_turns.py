"""Turns of the loop: they wait for PostgreSQL, and nobody waits for them."""

import asyncio
import os
import signal
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from idp.core.connections import Database, connection, engine_options, reading, release
from idp.core.context import MustWait, about_to_wait, begin
from idp.core.db import end_unit
from idp.core.pool.turns import Turns, apart, running_turn
from tests.databases import postgres_server
from tests.event_loop import run

ONE = text("SELECT 1")
PID = text("SELECT pg_backend_pid()")
LOCK = text("SELECT pg_advisory_xact_lock(1)")
WAITERS = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
MOST = 2


@pytest.fixture(scope="module")
def url():
    with postgres_server() as socket_folder:
        yield f"postgresql+psycopg://postgres@/postgres?host={socket_folder}"


@pytest.fixture
def database(url):
    engine = create_engine(url, **engine_options(url, threads=MOST))
    yield Database(lambda: engine, turns=MOST)
    engine.dispose()


@pytest.fixture
def unit(database):
    """Make a function the work of a unit that may not wait."""

    def wrapped(work):
        def done():
            begun = begin({Database: database}, at_once=True)
            try:
                return work()
            finally:
                end_unit(begun)

        return done

    return wrapped


@pytest.fixture
def other(url):
    """A connection of somebody else's."""
    engine = create_engine(url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def ask():
    return connection().scalar(ONE)


def lock():
    connection().execute(LOCK)
    return connection().scalar(PID)


async def until(holds):
    """Let the loop go on until ``holds()``."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0)


def held_up(other, *, turns=1):
    """Tell whether so many backends wait for the lock."""

    def holds():
        found = other.scalar(WAITERS)
        return found == turns

    return holds


def test_others_go_on_while_a_turn_waits(unit, other):
    async def story():
        turns = Turns(MOST)
        other.execute(LOCK)
        waiting = asyncio.create_task(turns.take(unit(lock)))
        await until(held_up(other))
        assert await turns.take(unit(ask)) == 1
        assert not waiting.done()
        other.rollback()
        assert await waiting

    run(story())


def test_no_more_turns_than_allowed_work_with_the_database(unit, other):
    async def story():
        turns = Turns(MOST)
        other.execute(LOCK)
        waiting = [asyncio.create_task(turns.take(unit(lock))) for _ in range(MOST)]
        await until(held_up(other, turns=MOST))
        late = asyncio.create_task(turns.take(unit(ask)))
        assert await turns.take(lambda: "from memory") == "from memory"
        assert not late.done()
        other.rollback()
        assert len({await one for one in waiting}) == MOST
        assert await late == 1

    run(story())


def test_turns_use_the_connections_of_those_before_them(unit):
    async def story():
        turns = Turns(MOST)
        return {
            await turns.take(unit(lambda: connection().scalar(PID))) for _ in range(5)
        }

    assert len(run(story())) == 1


def test_what_was_not_committed_in_a_turn_is_undone(unit, other):
    def write():
        connection().execute(text("CREATE TABLE written (one int)"))

    async def story():
        turns = Turns(MOST)
        await turns.take(unit(write))
        await turns.take(unit(lambda: (write(), release(commit=True))))

    run(story())
    assert other.scalar(text("SELECT count(*) FROM written")) == 0


def test_a_single_select_of_a_turn_begins_no_transaction(unit, other):
    states = text("SELECT count(*) FROM pg_stat_activity WHERE state ~ 'transaction'")

    def read():
        with reading() as held:
            pid = held.scalar(PID)
        assert other.scalar(states) == 0
        with reading() as held:
            assert held.scalar(PID) == pid
        return connection().scalar(PID) == pid

    async def story():
        return await Turns(MOST).take(unit(read))

    assert run(story())


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_connection_that_the_server_ended_is_replaced(unit, other):
    end = text("SELECT pg_terminate_backend(:pid, 5000)")

    async def story():
        turns = Turns(MOST)
        files = []
        for _ in range(4):
            pid = await turns.take(unit(lambda: connection().scalar(PID)))
            files.append(open_files())
            assert other.scalar(end, {"pid": pid})
            with pytest.raises(OperationalError):
                await turns.take(unit(ask))
        assert await turns.take(unit(ask)) == 1
        return files

    assert len(set(run(story()))) == 1


def test_a_connection_that_ended_in_the_middle_of_a_statement_fails_once(unit, other):
    end = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")

    async def story():
        turns = Turns(MOST)
        other.execute(LOCK)
        waiting = asyncio.create_task(turns.take(unit(lock)))
        await until(held_up(other))
        other.execute(end)
        other.rollback()
        with pytest.raises(OperationalError):
            await waiting
        assert await turns.take(unit(ask)) == 1

    run(story())


def test_a_server_that_is_killed_fails_those_who_wait_for_it(unit, other):
    waiters = text("SELECT pid FROM pg_locks WHERE NOT granted")

    async def story():
        turns = Turns(MOST)
        other.execute(LOCK)
        waiting = asyncio.create_task(turns.take(unit(lock)))
        await until(held_up(other))
        os.kill(other.scalar(waiters), signal.SIGKILL)
        other.invalidate()
        with pytest.raises(OperationalError):
            await waiting
        async with asyncio.timeout(20):
            while not await answered(turns.take(unit(ask))):
                pass

    run(story())


async def answered(asking):
    """Tell whether the server, which begins anew after its death, answers."""
    try:
        return await asking == 1
    except OperationalError:
        return False


def test_a_statement_that_is_larger_than_the_socket_takes_is_sent(unit):
    length = text("SELECT length(:given)")
    given = "x" * 20_000_000

    async def story():
        return await Turns(MOST).take(
            unit(lambda: connection().scalar(length, {"given": given}))
        )

    assert run(story()) == len(given)


def test_others_go_on_while_a_connection_is_made(unit, database):
    asked, goes_on = Event(), Event()

    def slowly(*_connecting):
        asked.set()
        assert goes_on.wait(20)

    event.listen(database.engine, "connect", slowly)

    async def story():
        turns = Turns(MOST)
        waiting = asyncio.create_task(turns.take(unit(ask)))
        await until(asked.is_set)
        assert await turns.take(lambda: "from memory") == "from memory"
        assert not waiting.done()
        goes_on.set()
        assert await waiting == 1

    run(story())


def test_a_server_that_is_away_fails_the_turns_and_harms_no_later_one(unit, database):
    def refuse(*_connecting):
        raise database.engine.dialect.loaded_dbapi.OperationalError("away")

    event.listen(database.engine, "connect", refuse)

    async def story():
        turns = Turns(MOST)
        for _ in range(2 * MOST):
            with pytest.raises(OperationalError):
                await turns.take(unit(ask))
        event.remove(database.engine, "connect", refuse)
        assert await turns.take(unit(ask)) == 1

    run(story())


def test_what_holds_up_a_turn_otherwise_is_not_begun(unit):
    async def story():
        turns = Turns(MOST)
        for _ in range(2 * MOST):
            with pytest.raises(MustWait):
                await turns.take(unit(lambda: (ask(), about_to_wait())))
        assert await turns.take(unit(ask)) == 1

    run(story())


def test_a_turn_that_nobody_waits_for_any_more_harms_no_other(unit, other):
    async def story():
        turns = Turns(1)
        other.execute(LOCK)
        left = asyncio.create_task(turns.take(unit(lock)))
        await until(held_up(other))
        left.cancel()
        late = asyncio.create_task(turns.take(unit(ask)))
        other.rollback()
        assert await late == 1
        assert left.cancelled()

    run(story())


def test_a_loop_after_another_uses_its_connections_and_turns(unit):
    turns = Turns(MOST)

    async def story():
        return await turns.take(unit(lambda: connection().scalar(PID)))

    assert run(story()) == run(story())


def test_outside_of_turns_nothing_steps_aside():
    assert running_turn() is None
    assert apart(lambda: "here") == "here"
