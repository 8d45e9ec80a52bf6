"""Make and migrate an SQLite database, whose transactions cover what DDL changes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

WAIT_SECONDS = 60
WRITING = {
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_DROP_TABLE,
}


def create_sqlite(path: Path) -> None:
    """Make the file if it is missing (mode 0600), in write-ahead-log mode.

    The mode is a property of the file. It is set here, once and under the lock, because
    two connections that set it on a new file at the same time fail.
    """
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
    try:
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@contextmanager
def sqlite_migration(connection: Connection) -> Iterator[None]:
    """Open a write transaction in which tables may be rebuilt; commit it at the end.

    SQLite alters a table by copying and dropping it, which would delete child rows by
    cascade: foreign keys are off meanwhile, and checked before the commit. The driver's
    own transaction handling is off too, because it does not cover DDL. Only tables that
    were written to, and those that refer to them, can be broken; to read the whole
    database would keep others waiting.
    """
    raw = cast("sqlite3.Connection", connection.connection.driver_connection)
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN IMMEDIATE")
    with _written_tables(raw) as written:
        yield
    broken = _broken_references(raw, written)
    if broken:
        raise RuntimeError(f"a revision broke foreign keys: {broken[:3]}")
    connection.commit()


@contextmanager
def _written_tables(raw: sqlite3.Connection) -> Iterator[set[str]]:
    """Yield the names of the tables that are written to, or dropped, meanwhile."""
    written: set[str] = set()

    def see(action: int, name: str | None, *_: object) -> int:
        if action in WRITING and name:
            written.add(name)
        return sqlite3.SQLITE_OK

    raw.set_authorizer(see)
    yield written
    raw.set_authorizer(None)


def _broken_references(raw: sqlite3.Connection, written: set[str]) -> list[object]:
    """Return rows that refer to nothing, of what can have changed."""
    references = 'SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)'
    broken: list[object] = []
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    for (name,) in raw.execute(tables).fetchall():
        parents = {parent for (parent,) in raw.execute(references, (name,))}
        if (parents | {name}) & written:
            broken += raw.execute(f'PRAGMA foreign_key_check("{name}")').fetchall()
    return broken
