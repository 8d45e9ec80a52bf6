"""Connections to the database: one for each unit of work, and how they are kept.

A unit of work is one request, command or job until it commits. It has one connection,
on which prebuilt statements run directly (``connection``) and the ORM's session too:
there is one transaction, whoever begins it. A request that needs no ORM is spared the
session, which costs more than its statements.

Threads are few, so each keeps the connections it has used: one for units of work and,
where reading without a transaction takes a connection of another kind, one for that. To
take one from SQLAlchemy's pool and give it back costs more than a statement.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Lock, Thread, current_thread, local
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from idp.core.context import Unit, about_to_wait, current, running_unit, this_unit

RESTED_SECONDS = 1.0
BUSY_MILLISECONDS = 5000
PATIENCE = "patience"  # what a connection is known to wait, in milliseconds


class KeptConnection:
    """The connection that a thread keeps for one purpose, while nobody works on it."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.used_at = 0.0


class Lasting:
    """Connections of an engine that stay with the thread that used them.

    One that is taken is nobody's until it comes back: a unit of work inside another
    gets one of its own.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._here = local()
        self._everywhere: dict[Thread, KeptConnection] = {}
        self._adding = Lock()
        self._asks_after_rest = engine.dialect.name != "sqlite"

    def take(self) -> Connection:
        """Return this thread's connection, or another while that one is taken."""
        kept = self._kept()
        held, kept.connection = kept.connection, None
        if held is None:
            return self._engine.connect()
        if self._asks_after_rest and monotonic() - kept.used_at >= RESTED_SECONDS:
            _replace_if_dead(held)
        return held

    def give_back(self, held: Connection) -> None:
        """Keep a connection whose transaction is over, unless it is one too many."""
        kept = self._kept()
        if held.invalidated or kept.connection is not None:
            held.close()
            return
        kept.connection, kept.used_at = held, monotonic()

    def close(self) -> None:
        """Close what no unit of work has taken, in whichever thread it is kept."""
        for kept in list(self._everywhere.values()):
            held, kept.connection = kept.connection, None
            if held is not None:
                held.detach()  # it must not go back to a pool that is given up
                held.close()

    def _kept(self) -> KeptConnection:
        kept: KeptConnection | None = getattr(self._here, "kept", None)
        if kept is None:
            kept = self._here.kept = KeptConnection()
            with self._adding:
                self._inherit()
                self._everywhere[current_thread()] = kept
        return kept

    def _inherit(self) -> None:
        """Give back to the pool what threads kept that have ended."""
        for ended in [known for known in self._everywhere if not known.is_alive()]:
            held = self._everywhere.pop(ended).connection
            if held is not None:
                held.close()


class Database:
    """The app's engine, and the connections that its threads keep.

    To dispose of the engine closes those too, as must be done before a fork.
    """

    def __init__(self, find_engine: Callable[[], Engine]) -> None:
        self._find_engine = find_engine

    @cached_property
    def engine(self) -> Engine:
        """What makes the connections."""
        return self._find_engine()

    @cached_property
    def writing(self) -> Lasting:
        """Connections for units of work."""
        return self._lasting(self.engine)

    @cached_property
    def reading(self) -> Lasting:
        """Connections without transactions, for single SELECTs."""
        if self.embedded:
            return self.writing  # its driver begins nothing before the first write
        return self._lasting(
            self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @cached_property
    def embedded(self) -> bool:
        """Tell whether the database is in this process: SQLite waits for no network.

        Reading waits for nobody either, since it happens beside whoever writes. Who
        would have to wait for another writer is told so.
        """
        return self.engine.dialect.name == "sqlite"

    def _lasting(self, engine: Engine) -> Lasting:
        made = Lasting(engine)
        event.listen(self.engine, "engine_disposed", lambda _engine: made.close())
        return made


def connection() -> Connection:
    """Return the connection of this unit of work, for prebuilt statements."""
    unit = this_unit()
    if unit.connection is None:
        database = current(Database)
        if not database.embedded:
            about_to_wait()
            unit.connection = database.writing.take()
        else:
            unit.connection = _with_patience(
                database.writing.take(), 0 if unit.at_once else BUSY_MILLISECONDS
            )
    return unit.connection


def release(*, commit: bool = False) -> None:
    """End the unit's transaction and give its connection back.

    What is not committed is undone, by the database if its connection was lost.
    """
    unit = this_unit()
    held, unit.connection = unit.connection, None
    if held is None:
        return
    if commit:
        _go_through_with(unit)
    try:
        if commit:
            held.commit()
        else:
            held.rollback()
    except BaseException as error:
        _give_up(held)
        if commit or not isinstance(error, DBAPIError):
            raise
    else:
        current(Database).writing.give_back(held)


def holds_write_lock() -> bool:
    """Tell whether this unit of work keeps every other writer of SQLite waiting."""
    unit = running_unit()
    held = unit.connection if unit else None
    if held is None or held.dialect.name != "sqlite":
        return False
    driver: Any = held.connection.dbapi_connection
    return bool(driver.in_transaction)


@contextmanager
def reading() -> Iterator[Connection]:
    """Lend a connection for one SELECT outside of the unit of work."""
    database = current(Database)
    lasting = database.reading
    if not database.embedded:
        about_to_wait()
    held = lasting.take()
    try:
        yield held
    except BaseException:
        _give_up(held)
        raise
    lasting.give_back(held)


def engine_options(url: str, *, threads: int) -> dict[str, Any]:
    """Return pool options: two connections for each thread, and one to spare."""
    options: dict[str, Any] = {
        "pool_size": 2 * threads + 1,
        "max_overflow": 4,
        "hide_parameters": True,  # an error that is logged must show no secret
    }
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": BUSY_MILLISECONDS / 1000}}
    options["connect_args"] = {"connect_timeout": 5}
    watch = [(_note_use, "checkin"), (_ping_after_rest, "checkout")]
    return options | {"pool_timeout": 5, "pool_use_lifo": True, "pool_events": watch}


def _go_through_with(unit: Unit | None) -> None:
    """Let a unit of work wait from now on: what is committed cannot begin again."""
    while unit is not None:
        unit.at_once = False
        unit = unit.outer


def _with_patience(held: Connection, milliseconds: int) -> Connection:
    """Return a connection to SQLite that waits so long for another writer."""
    if held.info.get(PATIENCE, BUSY_MILLISECONDS) != milliseconds:
        driver: Any = held.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        held.info[PATIENCE] = milliseconds
    return held


def _give_up(held: Connection) -> None:
    """Close a connection that failed: nobody knows in which state it is."""
    with suppress(DBAPIError):
        held.invalidate()
        held.close()


def _replace_if_dead(held: Connection) -> None:
    """Let a connection that the server has left get another one at its next use."""
    try:
        _ping(held.connection.dbapi_connection)
    except DisconnectionError as gone:
        held.invalidate(gone)


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    """Remember when a connection went back to the pool."""
    record.info["used_at"] = monotonic()


def _ping_after_rest(connection: Any, record: ConnectionPoolEntry, *_: object) -> None:
    """Ask a connection that has rested whether it still lives; else get another.

    SQLAlchemy's ``pool_pre_ping`` would ask every time: one more round trip for each
    request of a busy server, whose connections have just been used.
    """
    if monotonic() - record.info.get("used_at", monotonic()) >= RESTED_SECONDS:
        _ping(connection)


def _ping(connection: Any) -> None:
    """Raise DisconnectionError when a connection's server has left it."""
    import psycopg

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError(str(error)) from error
