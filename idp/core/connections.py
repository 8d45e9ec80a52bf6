"""Connections to the database: one for each unit of work, and how they are kept.

A unit of work is what one context of the app, so one request, does until it commits. It
has one connection, on which prebuilt statements run directly (``connection``) and the
ORM's session too: there is one transaction, whoever begins it. A request that needs no
ORM is spared the session, which costs more than its statements.
"""

from functools import cached_property
from time import monotonic
from typing import Any

from flask import Flask, g
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from idp.core.context import current, provide

RESTED_SECONDS = 1.0


class Database:
    """The app's engine, for units of work and for single reads."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def engine(self) -> Engine:
        """What units of work take their connections from."""
        with self._app.app_context():
            engine: Engine = self._app.extensions["sqlalchemy"].engine
        return engine

    @cached_property
    def reading(self) -> Engine:
        """The same connections without transactions, for single SELECTs."""
        if self.engine.dialect.name == "sqlite":
            return self.engine  # its driver begins nothing before the first write
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")


def connection() -> Connection:
    """Return the connection of this unit of work, for prebuilt statements."""
    held: Connection | None = g.get("connection")
    if held is None:
        held = g.connection = current(Database).engine.connect()
    return held


def release(*, commit: bool = False) -> None:
    """End the unit of work and give its connection back.

    What is not committed is undone.
    """
    held: Connection | None = g.pop("connection", None)
    if held is None:
        return
    with held:
        if commit:
            held.commit()


def reading() -> Connection:
    """Return a connection for one SELECT outside of the unit of work, to be closed."""
    return current(Database).reading.connect()


def engine_options(url: str, *, threads: int) -> dict[str, Any]:
    """Return pool options: a connection for each thread, and one to spare."""
    options: dict[str, Any] = {"pool_size": threads + 1, "max_overflow": 4}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": 5}}
    options["connect_args"] = {"connect_timeout": 5}
    watch = [(_note_use, "checkin"), (_ping_after_rest, "checkout")]
    return options | {"pool_timeout": 5, "pool_use_lifo": True, "pool_events": watch}


def init_app(app: Flask) -> None:
    """Give back what a context still holds at its end, after the ORM's session."""
    provide(app, Database(app))

    @app.teardown_appcontext
    def undo(_error: BaseException | None) -> None:
        release()


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    """Remember when a connection went back to the pool."""
    record.info["used_at"] = monotonic()


def _ping_after_rest(connection: Any, record: ConnectionPoolEntry, *_: object) -> None:
    """Ask a connection that has rested whether it still lives; else get another.

    SQLAlchemy's ``pool_pre_ping`` would ask every time: one more round trip for each
    request of a busy server, whose connections have just been used.
    """
    if monotonic() - record.info.get("used_at", monotonic()) < RESTED_SECONDS:
        return
    import psycopg

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError(str(error)) from error
