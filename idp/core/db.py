"""The database: engine, base class of tables, column types, one typed helper."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    MetaData,
    Table,
    TypeDecorator,
    event,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import UpdateBase

from idp.core.connections import BUSY_MILLISECONDS, connection, release
from idp.core.context import Unit, about_to_wait, end, this_unit
from idp.core.pool.disk import DISK

NAIVE = "a naive datetime cannot be stored"
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

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write text to SQLite as SQLAlchemy does, at a fifth of the cost."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        return _as_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Read SQLite's text back."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return _from_text

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse naive moments: nobody could say what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(NAIVE)
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Make what comes back aware, in UTC."""
        return None if value is None else value.astimezone(UTC)


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


def table_of(model: type[DeclarativeBase]) -> Table:
    """Return a model's table, for prebuilt Core statements."""
    return cast("Table", model.__table__)


def changed_one(statement: UpdateBase, values: Mapping[str, Any]) -> bool:
    """Run a guarded UPDATE or DELETE and tell whether exactly one row changed."""
    return connection().execute(statement, values).rowcount == 1


def insert_of(dialect: str) -> Any:
    """Return the INSERT of a database, which knows ON CONFLICT.

    The dialect alone that is used is imported: a start waits for it.
    """
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


def add_if_absent(table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is taken; tell whether it was inserted.

    One statement decides, so of several that add the same key at once one is told True.
    """
    insert = insert_of(connection().dialect.name)
    adding = insert(table).values(row).on_conflict_do_nothing()
    added = connection().execute(adding.returning(*table.primary_key))
    return added.one_or_none() is not None


@contextmanager
def unless_taken(refusal: Callable[[], Exception]) -> Iterator[None]:
    """Write what may be unique already; raise ``refusal()`` where it is.

    The body is a savepoint: what was written before it stays in the unit of work.
    """
    held = connection()
    if held.dialect.name == "sqlite":  # else a savepoint that is released commits
        _begin_writing(held)
    try:
        with db.session.begin_nested():
            db.session.connection()  # the savepoint is for bare statements too
            yield
    except IntegrityError as taken:
        raise refusal() from taken


def begin_writing() -> None:
    """Let no other writer change what this unit of work reads from now on, on SQLite.

    Elsewhere rows are held one by one (FOR UPDATE).
    """
    held = connection()
    if held.dialect.name == "sqlite":
        _begin_writing(held)


def plan_for_values() -> None:
    """Let PostgreSQL plan each statement of this transaction for the values it has.

    It plans a statement that was run often for any values, as if all were as rare as
    their average. SQLite looks at none in any case.
    """
    held = connection()
    if held.dialect.name == "postgresql":
        held.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


class UnitSession(Session):
    """The ORM's session, in one transaction with prebuilt statements.

    It works on the unit's one connection, and gives it back as a session does that has
    a connection of its own: after a commit, a rollback, or when it is closed.
    """

    def get_bind(self, *_args: Any, **_options: Any) -> Connection:
        """Return the connection of this unit of work."""
        return connection()

    def commit(self) -> None:
        """Write what is pending, and commit."""
        super().commit()
        release(commit=True)

    def rollback(self) -> None:
        """Undo all since the last commit."""
        super().rollback()
        release()

    def close(self) -> None:
        """Let go of everything."""
        super().close()
        release()


db = SQLAlchemy(
    model_class=Model,
    disable_autonaming=True,
    session_options={
        "class_": UnitSession,
        "join_transaction_mode": "control_fully",
        "scopefunc": this_unit,
    },
)


def commit_if_used() -> None:
    """Commit, unless this request never asked the database: then nothing is open.

    For hot endpoints: where only prebuilt statements ran, no session is made for it.
    """
    if db.session.registry.has():
        db.session.commit()
    else:
        release(commit=True)


def undo_if_used() -> None:
    """Undo what was not committed, if this request has asked the database."""
    if db.session.registry.has():
        db.session.rollback()
    else:
        release()


def end_unit(unit: Unit) -> None:
    """Undo what a unit of work has not committed, and go back to what ran before it."""
    try:
        if db.session.registry.has():
            db.session.remove()
        release()
    finally:
        end(unit)


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
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.close()


@event.listens_for(Engine, "handle_error")
def learn_from_error(context: ExceptionContext) -> None:
    """Do not answer at once that SQLite is locked: another writer may be done soon.

    Remember that the disk is full, for probes.
    """
    DISK.learn(context.original_exception)
    if isinstance(context.original_exception, sqlite3.OperationalError):
        about_to_wait()


def _as_text(value: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy writes it to SQLite; a naive one is refused."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(NAIVE)
    in_utc = value.astimezone(UTC).replace(tzinfo=None)
    return in_utc.isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    """Return a moment that SQLite keeps as text."""
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _begin_writing(held: Connection) -> None:
    """Begin SQLite's transaction, which its driver does at the first write alone."""
    driver: Any = held.connection.dbapi_connection
    if driver.in_transaction:
        return
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        about_to_wait()
        raise
