"""Make and migrate the database; tell what state its schema is in.

Revisions are files named ``0001_initial.py`` whose stem is the revision, so the newest
is known from the names alone and a start that has nothing to migrate never imports
Alembic. There are no downgrades: going back means restoring the backup.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from idp.ops.refusals import Refusal

if TYPE_CHECKING:
    from alembic.config import Config

PACKED = Path(__file__).parents[1] / "_migrations"
CHECKOUT = Path(__file__).parents[2] / "migrations"
ADVISORY_LOCK = 0x1D9_0001
LOCK_FILE = ".setup.lock"
LOCK_WAIT_SECONDS = 60


class Schema(Enum):
    """What a database holds, compared with what this version needs."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def migrations_folder() -> Path:
    """Return the folder of Alembic's files, packed in the wheel or in the checkout."""
    return PACKED if PACKED.is_dir() else CHECKOUT


def revisions() -> list[str]:
    """Return all revisions of this version, oldest first."""
    files = (migrations_folder() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")
    return sorted(file.stem for file in files)


def check_schema(connection: Connection) -> Schema:
    """Compare the schema that a database says it has with the newest revision here."""
    if not inspect(connection).has_table("alembic_version"):
        return Schema.EMPTY
    rows = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    if not rows:
        return Schema.EMPTY
    known, applied = revisions(), rows[0].version_num
    if applied == known[-1]:
        return Schema.CURRENT
    return Schema.OLDER if applied in known else Schema.NEWER


def schema_of(url: str) -> Schema:
    """Compare the schema of the database at ``url``; a missing file is empty."""
    path = _sqlite_path(url)
    if path and not path.exists():
        return Schema.EMPTY
    with connected(url) as connection:
        return check_schema(connection)


def require_current(url: str) -> None:
    """Refuse a database whose schema is not this version's."""
    state = schema_of(url)
    if state in (Schema.EMPTY, Schema.OLDER):
        raise Refusal(f"The database is {state.value}. Run: idp db upgrade")
    _refuse_newer(state)


def upgrade_database(url: str) -> str:
    """Create the database if it is empty, bring it to the newest revision, name that.

    All revisions run in one transaction. Any number of processes and nodes may call
    this at once: one migrates, the others wait and find nothing left to do. A schema
    from a newer version is refused.
    """
    path = _sqlite_path(url)
    with one_node_at_a_time(url):
        if path:
            _create_sqlite(path)
            with connected(url) as connection, _sqlite_migration(connection):
                _migrate(connection)
        else:
            with connected(url) as connection, connection.begin():
                _migrate(connection)
    return revisions()[-1]


def prepare_schema(url: str, *, migrate: bool) -> bool:
    """Create the schema of an empty database, migrate an older one if that is wanted.

    Returns whether the database was empty. Refuses what must not be served.
    """
    state = schema_of(url)
    if state is Schema.EMPTY or (state is Schema.OLDER and migrate):
        upgrade_database(url)
    else:
        require_current(url)
    return state is Schema.EMPTY


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration, which env.py reads."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.attributes["connection"] = connection
    return config


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection of its own, closed afterwards: nothing is left to fork."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise Refusal(f"The database cannot be reached: {error.orig}") from error
    with connection:
        yield connection


@contextmanager
def one_node_at_a_time(url: str) -> Iterator[None]:
    """Keep every other process and node out while a database is being set up.

    SQLite: a lock on a file in its folder (made with mode 0700). PostgreSQL: an
    advisory lock. Either ends with the process that holds it.
    """
    path = _sqlite_path(url)
    if path:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (path.parent / LOCK_FILE).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    else:
        with connected(url) as connection:
            lock = text("SELECT pg_advisory_lock(:lock)")
            connection.execute(lock, {"lock": ADVISORY_LOCK})
            connection.commit()
            yield


def _refuse_newer(state: Schema) -> None:
    """Refuse a schema that a newer version has made."""
    if state is Schema.NEWER:
        raise Refusal(
            "The database was migrated by a newer version of idp. Run that version, "
            "or restore the backup made before the upgrade."
        )


def _migrate(connection: Connection) -> None:
    """Run the revisions that are missing, in the caller's transaction."""
    state = check_schema(connection)
    _refuse_newer(state)
    if state is Schema.CURRENT:
        return
    from alembic import command

    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(alembic_config(connection), "head")


def _sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, None for other databases."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(parsed.database or "")


def _create_sqlite(path: Path) -> None:
    """Make the file if it is missing (mode 0600), in write-ahead-log mode.

    The mode is a property of the file. It is set here, once and under the lock, because
    two connections that set it on a new file at the same time fail.
    """
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=LOCK_WAIT_SECONDS)
    try:
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@contextmanager
def _sqlite_migration(connection: Connection) -> Iterator[None]:
    """Open a write transaction in which tables may be rebuilt; commit it at the end.

    SQLite alters a table by copying and dropping it, which would delete child rows by
    cascade: foreign keys are off meanwhile, and checked before the commit. The driver's
    own transaction handling is off too, because it does not cover DDL.
    """
    raw = cast("sqlite3.Connection", connection.connection.driver_connection)
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout={LOCK_WAIT_SECONDS * 1000}")
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN IMMEDIATE")
    yield
    broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"a revision broke foreign keys: {broken[:3]}")
    connection.commit()
