"""A primary and its standby, both real PostgreSQL, that are killed and frozen."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.databases import BINARIES
from tests.serving import free_ports

USER = "postgres" if os.geteuid() == 0 else None
LAG = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"


@dataclass
class Server:
    """One PostgreSQL on a port of loopback."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where it is, for a look of our own."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        log = self.folder / "log"
        self.control("-w", "-l", str(log), "-o", options, "start")

    def stop(self, mode: str) -> None:
        """Stop it: ``fast`` as who switches over, ``immediate`` as a crash does."""
        self.control("-m", mode, "stop")

    def promote(self) -> None:
        """Make a standby the primary; it waits for no standby of its own."""
        self.control("-w", "promote")
        self.run("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.run("SELECT pg_reload_conf()")

    def run(self, statement: str) -> list[tuple]:
        """Run one statement outside of transactions."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            result = connection.execute(statement)
            return result.fetchall() if result.description else []

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all its processes in the middle of what they do."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def control(self, *arguments: str) -> None:
        """Run pg_ctl."""
        run("pg_ctl", "-D", str(self.folder / "data"), *arguments)

    def _pids(self) -> Sequence[int]:
        [first, *_] = (self.folder / "data" / "postmaster.pid").read_text().split()
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [int(first), *map(int, children)]


@contextmanager
def replicated(*, synchronous: bool = False) -> Iterator[tuple[Server, Server, str]]:
    """Yield a primary, its standby, and the URL that names both.

    If ``synchronous``, a commit is answered when the standby has it.
    """
    with TemporaryDirectory(prefix="idp-pg-", dir="/tmp") as name:
        folder, ports = Path(name), free_ports()
        folder.chmod(0o755)
        primary, standby = (
            Server(_folder_of(folder / kind), port)
            for kind, port in zip(("primary", "standby"), ports, strict=True)
        )
        data = str(primary.folder / "data")
        run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", data)
        primary.start()
        try:
            copy = str(standby.folder / "data")
            run("pg_basebackup", "-R", "-c", "fast", "-d", primary.url, "-D", copy)
            standby.start()
            if synchronous:
                primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
                primary.run("SELECT pg_reload_conf()")
            while primary.run(LAG) == [(0,)]:
                pass
            hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
            wanted = "target_session_attrs=read-write"
            yield primary, standby, f"postgresql://postgres@/postgres?{hosts}&{wanted}"
        finally:
            for server in (primary, standby):
                if (server.folder / "data" / "postmaster.pid").exists():
                    server.stop("immediate")


def run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's as its user."""
    binaries = max(BINARIES.glob("*/bin"), key=lambda path: int(path.parent.name))
    command = [str(binaries / program), *arguments]
    subprocess.run(
        command, check=True, user=USER, stdout=subprocess.DEVNULL, cwd="/tmp"
    )


def _folder_of(path: Path) -> Path:
    path.mkdir()
    if USER:
        shutil.chown(path, USER)
    return path
