"""Make and migrate the database; tell what state its schema is in.

Revisions are files named ``0001_initial.py`` whose stem is the revision, so the newest
is known from the names alone and a start that has nothing to migrate never imports
Alembic. There are no downgrades: going back means restoring the backup.
"""

import fcntl
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from idp.core.pool.slots import lacks_slot
from idp.ops.refusals import Refusal
from idp.ops.sqlite import create_sqlite, sqlite_migration
from idp.ops.upgrades.compatibility import note_steps, serves_from
from idp.ops.upgrades.foreign import refuse_foreign_tables
from idp.ops.upgrades.server import upgrade_server
from idp.ops.upgrades.steps import RevisionStep, read_step

if TYPE_CHECKING:
    from alembic.config import Config

PACKED = Path(__file__).parents[1] / "_migrations"
CHECKOUT = Path(__file__).parents[2] / "migrations"
ADVISORY_LOCK = 0x1D9_0001
LOCK_FILE = ".setup.lock"
LOCK_WAIT_SECONDS = 60
LOCK_ASKED_SECONDS = 0.2


class Schema(Enum):
    """What a database holds, compared with what this version needs."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    AHEAD = "ahead"  # of a newer version, and good for this one too
    NEWER = "newer"


SERVED = frozenset({Schema.CURRENT, Schema.AHEAD})


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
    known, applied = revisions(), _applied(connection)
    if applied is None:
        return Schema.EMPTY
    if applied == known[-1]:
        return Schema.CURRENT
    if applied in known:
        return Schema.OLDER
    return Schema.AHEAD if serves_from(connection) in known else Schema.NEWER


def missing_steps(url: str) -> list[RevisionStep]:
    """Return what an upgrade of the database at ``url`` would do, in order."""
    path, known = _sqlite_path(url), revisions()
    if path and not path.exists():
        return _steps(known)
    with connected(url) as connection:
        state = check_schema(connection)
        _refuse_newer(state)
        if state is Schema.EMPTY:
            return _steps(known)
        if state is Schema.AHEAD:
            return []
        return _steps(known[known.index(_applied(connection) or "") + 1 :])


def schema_of(url: str) -> Schema:
    """Compare the schema of the database at ``url``; a missing file is empty."""
    path = _sqlite_path(url)
    if path and not path.exists():
        return Schema.EMPTY
    with connected(url) as connection:
        return check_schema(connection)


def require_current(url: str) -> None:
    """Refuse a database whose schema is not this version's, nor good for it."""
    state = schema_of(url)
    if state in (Schema.EMPTY, Schema.OLDER):
        raise Refusal(f"The database is {state.value}. Run: idp db upgrade")
    _refuse_newer(state)


def upgrade_database(url: str) -> str:
    """Create the database if it is empty, bring it to the newest revision, name that.

    Revisions run in one transaction, on PostgreSQL up to each that makes indexes beside
    whoever uses it. Any number of processes and nodes may call
    this at once: one migrates, the others wait and find nothing left to do. Who finds
    nothing to do locks nothing. A schema from a newer version is left as it is, and
    refused unless this version works with it.
    """
    if schema_of(url) not in SERVED:
        with one_node_at_a_time(url):
            _migrate_alone(url)
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
        raise Refusal(_unreachable(error)) from error
    with connection:
        yield connection


@contextmanager
def one_node_at_a_time(url: str) -> Iterator[None]:
    """Keep every other process and node out while a database is being set up.

    SQLite: a lock on a file in its folder (made with mode 0700). PostgreSQL: an
    advisory lock of a transaction, since a pooler would keep one of a session. Either
    ends with the process that holds it. Refused after a minute.
    """
    path = _sqlite_path(url)
    if path:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (path.parent / LOCK_FILE).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    else:
        with connected(url) as connection:
            _take_lock(connection)
            yield
            connection.rollback()


def _take_lock(connection: Connection) -> None:
    """Take the lock of whoever sets a PostgreSQL database up, for a transaction.

    It is tried for again and again, and nothing is kept in between: those who wait in
    a transaction would use up a pooler's connections, and who holds it needs another.
    """
    take = text("SELECT pg_try_advisory_xact_lock(:lock)")
    late = monotonic() + LOCK_WAIT_SECONDS
    while not connection.scalar(take, {"lock": ADVISORY_LOCK}):
        connection.rollback()
        if monotonic() > late:
            raise Refusal(
                "Another process is setting the database up, and was not done within "
                f"{LOCK_WAIT_SECONDS} seconds. Try again when it is."
            )
        sleep(LOCK_ASKED_SECONDS)
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _unreachable(error: OperationalError) -> str:
    """Say why a database cannot be reached, and what may be done about it."""
    if lacks_slot(error.orig):
        return (
            f"The database has no connection free: {error.orig}\nRaise its "
            "max_connections, or run fewer nodes, workers (IDP_WORKERS) or threads "
            "(IDP_THREADS): docs/operations.md says how many a node needs."
        )
    return f"The database cannot be reached: {error.orig}"


def _refuse_newer(state: Schema) -> None:
    """Refuse a schema that a newer version has made."""
    if state is Schema.NEWER:
        raise Refusal(
            "The database was migrated by a newer version of idp. Run that version, "
            "or restore the backup made before the upgrade."
        )


def _migrate_alone(url: str) -> None:
    """Run the revisions that are missing; the caller keeps everybody else out."""
    path, steps = _sqlite_path(url), missing_steps(url)
    if not steps:
        return
    if path:
        create_sqlite(path)
        with connected(url) as connection, sqlite_migration(connection):
            _run_steps(connection, steps)
        return
    new = schema_of(url) is Schema.EMPTY
    upgrade_server(lambda: connected(url), steps, new=new, apply=_run_steps)


def _run_steps(connection: Connection, steps: Sequence[RevisionStep]) -> None:
    """Run revisions, and keep what they mean; the caller says in which transaction."""
    before = None
    if check_schema(connection) is Schema.EMPTY:
        refuse_foreign_tables(connection)
    else:
        before = _applied(connection)
    from alembic import command

    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(alembic_config(connection), steps[-1].revision)
    note_steps(connection, steps, before=before)


def _applied(connection: Connection) -> str | None:
    """Return the revision that a database says it has."""
    found: str | None = connection.scalar(
        text("SELECT version_num FROM alembic_version")
    )
    return found


def _steps(names: Sequence[str]) -> list[RevisionStep]:
    """Read revisions by their names."""
    folder = migrations_folder() / "versions"
    return [read_step(folder / f"{name}.py") for name in names]


def _sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, None for other databases."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(parsed.database or "")
