"""Connections to the database: one for each unit of work, and how they are kept.

A unit of work is one request, command or job until it commits. It has one connection,
on which prebuilt statements run directly (``connection``) and the ORM's session too:
there is one transaction, whoever begins it. A request that needs no ORM is spared the
session, which costs more than its statements.

Threads are few, so each keeps the connections it has used: one, and the loop's thread
one for each turn that works at the same time. To take one from SQLAlchemy's pool and
give it back costs more than a statement.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.core.caches.siblings import Siblings
from idp.core.context import (
    UNCHANGED,
    Unit,
    about_to_wait,
    current,
    running_unit,
    this_unit,
)
from idp.core.pool.lasting import Lasting
from idp.core.pool.limits import Limits
from idp.core.pool.rest import WATCH, give_up
from idp.core.pool.turns import running_turn

if TYPE_CHECKING:
    from idp.core.pool.postgresql import Prepare

BUSY_MILLISECONDS = 5000
ONLY_READS = "25006"  # SQLSTATE: a standby, or a server that was made one
SPARE, OVERFLOW = 1, 4
PATIENCE = "patience"  # what a connection is known to wait, in milliseconds


class Database:
    """The app's engine, and the connections that its threads keep.

    To dispose of the engine closes those too, as must be done before a fork.
    """

    def __init__(
        self,
        find_engine: Callable[[], Engine],
        *,
        turns: int,
        prepare: "Prepare" = "auto",
    ) -> None:
        self._find_engine = find_engine
        self._turns = turns
        self._prepare = prepare
        self.limits = Limits()  # of the connections that are made from now on

    @cached_property
    def engine(self) -> Engine:
        """What makes the connections."""
        engine = self._find_engine()
        if engine.dialect.name == "postgresql":
            from idp.core.pool.postgresql import connector

            connect = connector(lambda: self.limits, prepare=self._prepare)
            event.listen(engine, "do_connect", connect)
            event.listen(engine, "handle_error", _leave_server_that_only_reads)
            event.listen(engine, "invalidate", self._note_loss)
        return engine

    @property
    def most_connections(self) -> int:
        """How many there can be at one time."""
        return 2 * self._turns + SPARE + OVERFLOW

    @cached_property
    def lasting(self) -> Lasting:
        """The connections that threads keep."""
        made = Lasting(self.engine, turns=self._turns)
        event.listen(self.engine, "engine_disposed", lambda _engine: made.close())
        return made

    @cached_property
    def embedded(self) -> bool:
        """Tell whether the database is in this process: SQLite waits for no network.

        Reading waits for nobody either, since it happens beside whoever writes. Who
        would have to wait for another writer is told so.
        """
        return self.engine.dialect.name == "sqlite"

    def take(self) -> Connection:
        """Return a connection, after others where few may have one at a time.

        Raises MustWait where nobody may, on a thread that all wait for.
        """
        if not self.embedded:
            turn = running_turn()
            if turn is None:
                about_to_wait()
            else:
                turn.enter_database()
        return self.lasting.take()

    def _note_loss(self, *about: object) -> None:
        """Distrust what rests when a connection is lost; SQLAlchemy tells why it is."""
        *_, why = about
        if why is not None:
            self.lasting.distrust()


def connection() -> Connection:
    """Return the connection of this unit of work, for prebuilt statements."""
    unit = this_unit()
    if unit.connection is None:
        database = current(Database)
        unit.connection = held = database.take()
        if database.embedded:
            _have_patience(held, 0 if unit.at_once else BUSY_MILLISECONDS)
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
        give_up(held)
        if commit or not isinstance(error, DBAPIError):
            raise
    else:
        current(Database).lasting.give_back(held)
        if commit and unit.changed:
            unit.changed = UNCHANGED
            current(Siblings).tell()


def is_away(error: BaseException) -> bool:
    """Tell whether an error says that the database cannot serve us now.

    It cannot be reached, is locked or full, took too long, or only reads.
    """
    if isinstance(error, OperationalError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and only_reads(error.orig)


def why_away(error: BaseException) -> str:
    """Return the driver's first line about an error, for the log."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).partition("\n")[0]


def commit_was_under_way(error: BaseException) -> bool:
    """Tell whether nobody knows if a commit was carried out: its answer is missing."""
    if not isinstance(error, DBAPIError) or not error.connection_invalidated:
        return False
    return error.statement is None


def only_reads(error: BaseException | None) -> bool:
    """Tell whether a driver's error says that its server takes no writes."""
    return getattr(error, "sqlstate", None) == ONLY_READS


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
    """Lend a connection for one SELECT outside of the unit of work.

    No transaction is begun for it: on PostgreSQL that spares two round trips, and
    SQLite's driver begins none before the first write.
    """
    database = current(Database)
    held = database.take()
    try:
        if database.embedded:
            yield held
        else:
            with _autocommit(held):
                yield held
    except BaseException:
        give_up(held)
        raise
    database.lasting.give_back(held)


def engine_options(url: str, *, threads: int) -> dict[str, Any]:
    """Return pool options: two connections for each thread, and one to spare."""
    options: dict[str, Any] = {
        "pool_size": 2 * threads + SPARE,
        "max_overflow": OVERFLOW,
        "hide_parameters": True,  # an error that is logged must show no secret
    }
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": BUSY_MILLISECONDS / 1000}}
    return options | {"pool_timeout": 5, "pool_use_lifo": True, "pool_events": WATCH}


def _go_through_with(unit: Unit | None) -> None:
    """Let a unit of work wait from now on: what is committed cannot begin again."""
    while unit is not None:
        unit.at_once = False
        unit = unit.outer


@contextmanager
def _autocommit(held: Connection) -> Iterator[None]:
    """Let each statement be a transaction of its own; psycopg alone is told."""
    driver: Any = held.connection.dbapi_connection
    driver.autocommit = True
    yield
    if held.in_transaction():
        held.rollback()
    driver.autocommit = False


def _have_patience(held: Connection, milliseconds: int) -> None:
    """Let a connection to SQLite wait so long for another writer."""
    if held.info.get(PATIENCE, BUSY_MILLISECONDS) != milliseconds:
        driver: Any = held.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        held.info[PATIENCE] = milliseconds


def _leave_server_that_only_reads(context: ExceptionContext) -> None:
    """Give a connection up whose server takes no writes: the primary is elsewhere."""
    if only_reads(context.original_exception):
        context.is_disconnect = True
