"""Statements that are compiled once, and then run by the database's own driver.

SQLAlchemy writes their SQL and converts their values; what else it does for each
execution costs several times what the driver does. Hot endpoints do without that
(ADR 6). They run in the same unit of work as everything else (core.connections).

This module alone uses what SQLAlchemy offers to writers of dialects, and only what a
test in tests/core/test_prepared.py needs: ``dispatch`` tells listeners of each
statement, ``is_disconnect`` and ``DBAPIError.instance`` make errors what they are
elsewhere.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast, overload

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from idp.core.connections import connection, only_reads, reading
from idp.core.context import about_to_wait
from idp.core.pool.disk import DISK

T = TypeVar("T")
Row = TypeVar("Row")
Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL for one kind of database, and how values go in and come out."""

    sql: str
    given: Mapping[str, Any]
    into: tuple[tuple[str, Processor], ...]
    out: tuple[tuple[int, Processor], ...]
    record: Processor

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as the driver takes them, by name."""
        bound = {**self.given, **values}
        for name, convert in self.into:
            bound[name] = convert(bound[name])
        return bound

    def row(self, fetched: Any) -> Any:
        """Return a fetched row as a record."""
        if not self.out:
            return self.record(fetched)
        values = list(fetched)
        for position, convert in self.out:
            values[position] = convert(values[position])
        return self.record(values)


class Prepared(Generic[Row]):
    """One statement of SQLAlchemy's; values are given by the names of its parameters.

    ``row`` is the NamedTuple of its columns; without one they are named by the
    statement alone. Each run gives the same names. It knows no defaults that Python
    computes, and no lists of values (``IN``).
    """

    @overload
    def __init__(
        self: "Prepared[Any]", statement: Select[Any] | UpdateBase
    ) -> None: ...

    @overload
    def __init__(self, statement: Select[Any] | UpdateBase, row: type[Row]) -> None: ...

    def __init__(
        self, statement: Select[Any] | UpdateBase, row: type[Row] | None = None
    ) -> None:
        self.statement = statement
        self._row = row
        self._compiled: dict[str, Compiled] = {}

    def one_or_none(self, values: Mapping[str, Any]) -> Row | None:
        """Return the one row that is found or RETURNED, in this unit of work."""
        return self._fetch(_in_transaction(), values)

    def read(self, values: Mapping[str, Any]) -> Row | None:
        """Return the one row of a SELECT, outside of the unit of work.

        For endpoints that only read: on PostgreSQL this spares the round trips that
        begin and end a transaction. What was not committed yet is not seen.
        """
        with reading() as held:
            return self._fetch(held, values)

    def run(self, values: Mapping[str, Any]) -> int:
        """Write, and return how many rows that were."""
        _, changed = self._execute(_in_transaction(), values, take=_row_count)
        return changed

    def changes_one(self, values: Mapping[str, Any]) -> bool:
        """Write, and tell whether exactly one row changed."""
        return self.run(values) == 1

    def _fetch(self, held: Connection, values: Mapping[str, Any]) -> Row | None:
        compiled, fetched = self._execute(held, values, take=_fetch_one)
        if fetched is None:
            return None
        found: Row = compiled.row(fetched)
        return found

    def _execute(
        self,
        held: Connection,
        values: Mapping[str, Any],
        *,
        take: Callable[[DBAPICursor], T],
    ) -> tuple[Compiled, T]:
        dialect, cursor = held.dialect, None
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compile_for(dialect, names=values)
            self._compiled[dialect.name] = compiled
        parameters = compiled.parameters(values)
        notify = held.engine.dispatch.before_cursor_execute
        try:
            cursor = held.connection.cursor()
            if notify:
                notify(held, cursor, compiled.sql, parameters, None, False)
            cursor.execute(compiled.sql, parameters)
            return compiled, take(cursor)
        except dialect.loaded_dbapi.Error as error:
            raise _translated(error, held, cursor=cursor, sql=compiled.sql) from error
        finally:
            if cursor is not None:
                cursor.close()

    def _compile_for(self, dialect: Dialect, *, names: Collection[str]) -> Compiled:
        """Return the statement as the driver of this kind of database runs it.

        ``names`` are those of the values that it will be given.
        """
        compiled = _compile(self.statement, dialect, names=names)
        into = {
            name: convert
            for bind, name in compiled.bind_names.items()
            if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        fixed = {name: v for name, v in compiled.params.items() if name not in names}
        converters = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in self.statement.exported_columns
        ]
        return Compiled(
            sql=str(compiled),
            given={name: into.get(name, _unchanged)(v) for name, v in fixed.items()},
            into=tuple((name, into[name]) for name in names if name in into),
            out=tuple((n, convert) for n, convert in enumerate(converters) if convert),
            record=_record_of(self.statement, self._row),
        )


def _row_count(cursor: DBAPICursor) -> int:
    """Return how many rows a statement changed."""
    return cursor.rowcount


def _fetch_one(cursor: DBAPICursor) -> Any:
    """Return the first row, or None; a look-up by a key has no second."""
    return cursor.fetchone()


def _in_transaction() -> Connection:
    """Return the connection of this unit of work, which is to be committed."""
    held = connection()
    if not held.in_transaction():
        held.begin()
    return held


def _compile(
    statement: Select[Any] | UpdateBase, dialect: Dialect, *, names: Collection[str]
) -> SQLCompiler:
    """Return a statement compiled with parameters that go by their names.

    SQLAlchemy's own choice for SQLite is by position; its driver takes both.
    """
    columns = None
    if isinstance(statement, Insert) and statement.select is None:
        columns = [name for name in names if name in statement.table.columns]
    if dialect.name == "sqlite":
        by_name: Callable[..., Dialect] = type(dialect)
        dialect = by_name(paramstyle="named")
    return statement.compile(dialect=dialect, column_keys=columns)


def _record_of(statement: Select[Any] | UpdateBase, row: type[Any] | None) -> Processor:
    """Return what makes a record of a row's values; TypeError when they differ."""
    names = [column.key or "" for column in statement.exported_columns]
    # the columns of the statement are known only now
    made: Any = row or namedtuple("Record", names, rename=True)
    if row is not None and list(made._fields) != names:
        raise TypeError(f"{made.__name__} has not the columns {', '.join(names)}")
    return cast("Processor", made._make)


def _unchanged(value: Any) -> Any:
    """Return a value that the driver takes as it is."""
    return value


def _translated(
    error: Any, held: Connection, *, cursor: DBAPICursor | None, sql: str
) -> Exception:
    """Return a driver's error as SQLAlchemy's, without the values.

    A connection that the server has left is given up.
    """
    DISK.learn(error)
    dialect = held.dialect
    if isinstance(error, dialect.loaded_dbapi.OperationalError):
        about_to_wait()  # another writer may be done with SQLite soon
    lost = only_reads(error) or dialect.is_disconnect(error, held.connection, cursor)
    if lost:
        held.invalidate(error)
    translation: Exception = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return translation
