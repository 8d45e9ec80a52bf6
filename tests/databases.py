"""Databases for tests: one template made by the migrations, copied for each test."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import psycopg

from idp.ops.database import upgrade_database

ROOM_BYTES = 1024**3
BINARIES = Path("/usr/lib/postgresql")


class Databases(Protocol):
    """Hands out fresh databases."""

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Yield the URL of a migrated, empty database; it is dropped afterwards."""


@contextmanager
def open_databases(kind: str) -> Iterator[Databases]:
    """Open the databases of one kind: ``sqlite`` or ``postgresql``."""
    if kind == "sqlite":
        with TemporaryDirectory(prefix="idp-", dir=memory_folder()) as folder:
            yield SqliteDatabases(Path(folder))
    elif kind == "postgresql":
        with postgres_server() as server, closing(PostgresDatabases(server)) as opened:
            yield opened
    else:
        raise ValueError(f"IDP_TEST_DATABASE must be sqlite or postgresql, not {kind}")


def memory_folder() -> Path | None:
    """Return a folder in memory with room for databases, if there is one.

    On a disk each commit waits until it has written, which SQLite is told to here as
    everywhere; no database of a test need survive.
    """
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return None
    return memory if shutil.disk_usage(memory).free > ROOM_BYTES else None


class SqliteDatabases:
    """Copies of one migrated file; a name is used again when its file is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count()
        self.free: list[Path] = []
        self.template = folder / "template.sqlite3"
        upgrade_database(f"sqlite:///{self.template}")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        if self.free:
            path = self.free.pop()
        else:
            path = self.folder / f"{next(self.numbers)}.sqlite3"
        shutil.copyfile(self.template, path)
        yield f"sqlite:///{path}"
        for leftover in self.folder.glob(f"{path.name}*"):
            leftover.unlink()
        self.free.append(path)


class PostgresDatabases:
    """Databases made from one migrated template, and given its rows again after use.

    To empty one takes a tenth of the time that dropping it and making another would,
    by a connection that is kept for it: a new one would look at every table anew.
    """

    def __init__(self, server: str) -> None:
        self.server = server
        self.numbers = count()
        self.used: list[tuple[str, psycopg.Connection]] = []
        self.run("CREATE DATABASE migrated")
        upgrade_database(self.url("migrated"))
        self.run(KEEP_ROWS, on="migrated")

    def url(self, name: str) -> str:
        """Return the URL of one database of the server."""
        return f"postgresql://postgres@/{name}?host={self.server}"

    def run(self, statement: str, *, on: str = "postgres") -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.url(on), autocommit=True) as connection:
            connection.execute(statement)

    def close(self) -> None:
        """Let go of all."""
        for _, keeper in self.used:
            keeper.close()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        if self.used:
            name, keeper = self.used.pop()
        else:
            name = f"test_{next(self.numbers)}"
            self.run(f"CREATE DATABASE {name} TEMPLATE migrated")
            keeper = psycopg.connect(self.url(name), autocommit=True)
        yield self.url(name)
        if restored(keeper):
            self.used.append((name, keeper))
        else:
            keeper.close()
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


def restored(keeper: psycopg.Connection) -> bool:
    """Give a database its rows again, by the connection that is kept for that.

    False where a test has changed its revision, or let the planner know its rows: plans
    would be others than those of a fresh one. So where the connection was ended.
    """
    revisions = "TABLE public.alembic_version UNION TABLE kept.alembic_version"
    try:
        if len(keeper.execute(revisions).fetchall()) > 1:
            return False
        if keeper.execute(KNOWN_ROWS).fetchone():
            return False
        keeper.execute(RESTORE_ROWS)
    except psycopg.OperationalError:
        return False
    return True


MANY = 100  # more than the migrations leave in any table
KNOWN_ROWS = f"""
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND (reltuples > {MANY}
             OR EXISTS (SELECT FROM pg_statistic WHERE starelid = pg_class.oid)) LIMIT 1
"""
# The statements are written once: a session keeps their plans.
KEEP_ROWS = """
    CREATE SCHEMA kept;
    DO $$
    DECLARE name text; filled boolean; statements text := '';
    BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('SELECT EXISTS (TABLE public.%I)', name) INTO filled;
            statements := statements || format('DELETE FROM public.%I;', name);
            IF filled THEN
                EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name);
                statements := statements
                    || format('INSERT INTO public.%I TABLE kept.%I;', name, name);
            END IF;
        END LOOP;
        EXECUTE format(
            'CREATE PROCEDURE kept.restore() LANGUAGE plpgsql AS %L',
            'BEGIN ' || statements || ' END'
        );
    END $$
"""
# Whoever is still connected is cut off: it could hold rows, or write more.
RESTORE_ROWS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend';
    SET session_replication_role = replica;  -- no foreign keys are looked at
    CALL kept.restore()
"""


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL of our own on a socket in a folder; yield the folder.

    It refuses to run as root, so root runs it as ``postgres``. The folder is not
    pytest's, whose parents are closed to that user. Nothing in it need survive, unless
    the cost of ``durable`` commits is what is looked at.
    """
    binaries = max(BINARIES.glob("*/bin"), key=lambda path: int(path.parent.name))
    user = "postgres" if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="idp-pg-", dir="/tmp") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        init = [binaries / "initdb", "--no-sync", "-A", "trust", "-U", "postgres", data]
        subprocess.run(init, check=True, user=user, capture_output=True, cwd=folder)
        sync = "on" if durable else "off"
        options = (
            f"-c fsync={sync} -k {folder} -c listen_addresses= -c max_connections=200 "
            "-c autovacuum=off"  # it would choose when plans change
        )
        control = [binaries / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log"]
        subprocess.run(
            [*control, "-o", options, "start"],
            check=True,
            user=user,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            yield folder
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"],
                check=True,
                user=user,
                capture_output=True,
                cwd=folder,
            )
