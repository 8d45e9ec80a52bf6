"""The database: engine, base class of tables, column types, one typed helper."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Row,
    Select,
    Table,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import UpdateBase

from idp.core.context import current

RESTED_SECONDS = 1.0
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite stores it naive, PostgreSQL as timestamptz."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Use timestamptz where there is one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse naive moments: nobody could say what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Make what comes back aware, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of every table: aware times, JSON objects and lists, named constraints."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            dict[str, Any]: JSON(),
            list[str]: JSON(),
        },
    )


INSERTS: Mapping[str, Any] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
db = SQLAlchemy(model_class=Model, disable_autonaming=True)


def table_of(model: type[DeclarativeBase]) -> Table:
    """Return a model's table, for prebuilt Core statements."""
    return cast("Table", model.__table__)


def changed_one(statement: UpdateBase, values: Mapping[str, Any]) -> bool:
    """Run a guarded UPDATE or DELETE and tell whether exactly one row changed."""
    return db.session.connection().execute(statement, values).rowcount == 1


def add_if_absent(table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is taken; tell whether it was inserted.

    One statement decides, so of several that add the same key at once one is told True.
    """
    connection = db.session.connection()
    insert = INSERTS[connection.dialect.name]
    adding = insert(table).values(row).on_conflict_do_nothing()
    added = connection.execute(adding.returning(*table.primary_key))
    return added.one_or_none() is not None


def commit_if_used() -> None:
    """Commit, unless this request never asked the database: then nothing is open.

    For hot endpoints that can answer from memory; making a session only to commit it
    costs a tenth of such an answer.
    """
    if db.session.registry.has():
        db.session.commit()


class Reader:
    """Reads by single SELECTs outside of any transaction; one for each app.

    For endpoints that only read: they need no unit of work, and on PostgreSQL this
    spares the round trips that would begin and end a transaction.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def _engine(self) -> Engine:
        with self._app.app_context():
            engine = db.engine
        if engine.dialect.name == "sqlite":
            return engine  # its driver begins nothing before the first write
        return engine.execution_options(isolation_level="AUTOCOMMIT")

    def one_or_none(self, statement: Select[Any], values: Any) -> Row[Any] | None:
        """Return the one row, or None; what was not committed yet is not seen."""
        with self._engine.connect() as connection:
            return connection.execute(statement, values).one_or_none()


def read_one(statement: Select[Any], values: Mapping[str, Any]) -> Row[Any] | None:
    """Return the one row of a SELECT that stands for itself, or None."""
    return current(Reader).one_or_none(statement, values)


def engine_options(url: str, *, threads: int) -> dict[str, Any]:
    """Return pool options: a connection for each thread, and one to spare."""
    options: dict[str, Any] = {"pool_size": threads + 1, "max_overflow": 4}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": 5}}
    options["connect_args"] = {"connect_timeout": 5}
    watch = [(note_use, "checkin"), (ping_after_rest, "checkout")]
    return options | {"pool_timeout": 5, "pool_use_lifo": True, "pool_events": watch}


def note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    """Remember when a connection went back to the pool."""
    record.info["used_at"] = monotonic()


def ping_after_rest(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
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


@event.listens_for(Engine, "connect")
def configure_sqlite(
    connection: object,
    _record: ConnectionPoolEntry,
) -> None:
    """Make SQLite durable and strict on each connection.

    ``journal_mode=WAL`` is a property of the file and is set once when the database is
    made: setting it here would lock new files. FULL means that a commit which was
    answered survives a power cut.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()
