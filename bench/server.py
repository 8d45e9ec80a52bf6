"""Runs one server process until it is no longer needed."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench.processes import stop
from bench.site import DISCOVERY
from bench.store import Store

START_SECONDS = 60
POLL_SECONDS = 0.002
FURTHER_WORKERS = 2


@dataclass(frozen=True)
class Server:
    """A running server; ``start_seconds`` passed until its first discovery answer."""

    port: int
    pid: int
    start_seconds: float


@dataclass(frozen=True)
class Product:
    """Something to measure: ``serving`` starts it on what ``store`` already holds.

    ``wider`` starts it with ``FURTHER_WORKERS`` more; None where it has one process.
    """

    name: str
    description: str
    serving: Callable[[], AbstractContextManager[Server]]
    store: Store
    cases: Sequence[str]
    wider: Callable[[], AbstractContextManager[Server]] | None = None


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def process_of(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], port: int
) -> Iterator[Server]:
    """Run a command in a folder until the block is left; it serves on ``port``."""
    log = folder / "server.log"
    began = time.perf_counter()
    with log.open("a") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=output, stderr=output
        )
    try:
        wait_until_ready(process, port, log=log)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        stop(process)


def wait_until_ready(process: subprocess.Popen, port: int, *, log: Path) -> None:
    """Wait for the first discovery answer; fail with the log when the server ends."""
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline and process.poll() is None:
        if answers(port):
            return
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def answers(port: int) -> bool:
    """Ask for the discovery document."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", DISCOVERY)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
