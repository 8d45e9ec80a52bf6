"""Where a server keeps its state: a file, or a database server of our own."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import cpu_seconds, running_seconds, stop

POSTGRESQL_BINARIES = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Store:
    """A state that starts empty; ``pid`` is its server's, None for an embedded one."""

    url: str
    pid: int | None = None

    def cpu_seconds(self) -> float:
        """Return the processor time that its server has used so far."""
        return cpu_seconds(self.pid) if self.pid else 0.0

    def running_seconds(self) -> dict[int, float]:
        """Return how long each of its server's processes has run."""
        return running_seconds(self.pid) if self.pid else {}


def database(kind: str, folder: Path) -> AbstractContextManager[Store]:
    """Make an empty database: ``sqlite`` in the folder, or ``postgresql``."""
    return postgresql() if kind == "postgresql" else sqlite(folder)


@contextmanager
def sqlite(folder: Path) -> Iterator[Store]:
    """Name a file that the server will make."""
    yield Store(f"sqlite:///{folder}/bench.sqlite3")


@contextmanager
def postgresql() -> Iterator[Store]:
    """Run a PostgreSQL with its defaults, so durable, on a socket in a folder.

    It refuses to run as root, so root runs it as ``postgres``.
    """
    user = "postgres" if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="bench-pg-") as folder:
        if user:
            shutil.chown(folder, user)
        run_postgresql(
            "initdb", "-A", "trust", "-U", "postgres", "data", folder=folder, user=user
        )
        options = f"-k {folder} -c listen_addresses= -c max_connections=200"
        control = ("pg_ctl", "-D", "data", "-w", "-l", "log")
        run_postgresql(*control, "-o", options, "start", folder=folder, user=user)
        try:
            lock = Path(folder, "data", "postmaster.pid").read_text()
            url = f"postgresql://postgres@/postgres?host={folder}"
            yield Store(url, int(lock.split()[0]))
        finally:
            run_postgresql(*control, "-m", "fast", "stop", folder=folder, user=user)


def run_postgresql(
    program: str, *arguments: str, folder: str, user: str | None
) -> None:
    """Run one of PostgreSQL's own programs; the newest that is installed."""
    found = POSTGRESQL_BINARIES.glob("*/bin")
    binaries = max(found, key=lambda path: int(path.parent.name), default=None)
    if binaries is None:
        raise SystemExit(f"no PostgreSQL in {POSTGRESQL_BINARIES}: install postgresql")
    subprocess.run(
        [binaries / program, *arguments],
        check=True,
        cwd=folder,
        user=user,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def redis(folder: Path) -> Iterator[Store]:
    """Run a Redis that keeps nothing on disk, on a socket in the folder."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("no redis-server: install redis-server")
    socket = folder / "redis.sock"
    kept = ["--save", "", "--appendonly", "no"]
    command = [program, "--port", "0", "--unixsocket", str(socket), *kept]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            if process.poll() is not None:
                raise RuntimeError("Redis did not start")
            time.sleep(0.01)
        yield Store(str(socket), process.pid)
    finally:
        stop(process)
