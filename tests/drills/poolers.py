"""A PgBouncer in front of a PostgreSQL of its own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.databases import postgres_server
from tests.serving import free_ports

SIZES = {"session": 40, "transaction": 3}
PGBOUNCER = "/usr/sbin/pgbouncer"
CONFIGURATION = """
[databases]
* = host={server} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextmanager
def pooled_database(mode: str) -> Iterator[tuple[str, str]]:
    """Yield the URL of an empty database behind a PgBouncer, and its own.

    ``mode`` is ``session``, in which each of our connections needs one of the server's,
    or ``transaction``, in which three serve them all.
    """
    with postgres_server() as server, TemporaryDirectory() as name:
        folder, (port, _) = Path(name), free_ports()
        folder.chmod(0o777)
        said = CONFIGURATION.format(
            server=server, port=port, mode=mode, size=SIZES[mode], folder=folder
        )
        (folder / "pgbouncer.ini").write_text(said)
        command = [PGBOUNCER, "-u", "postgres", str(folder / "pgbouncer.ini")]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        try:
            _wait_for(url, process)
            yield url, f"postgresql://postgres@/postgres?host={server}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen) -> None:
    """Wait until a pooler takes connections; fail when it ends instead."""
    for _ in range(50):
        assert process.poll() is None, "PgBouncer did not start"
        with suppress(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=2).close()
            return
        time.sleep(0.1)
    raise AssertionError("PgBouncer does not answer")
