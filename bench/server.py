"""A server of our own for one measurement, and what it costs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30
POLL_SECONDS = 0.005


@dataclass(frozen=True)
class Server:
    """A running ``idp serve``; ``start_seconds`` passed until it was ready."""

    port: int
    pid: int
    start_seconds: float

    @property
    def address(self) -> tuple[str, int]:
        """Where to connect."""
        return ("127.0.0.1", self.port)

    @property
    def host(self) -> str:
        """The Host header of the issuer."""
        return f"127.0.0.1:{self.port}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def serving(
    folder: Path, *, database_url: str, seed: Path | None, workers: int
) -> Iterator[Server]:
    """Run a server in ``folder`` until the block is left.

    All is as in production but what loopback makes impossible: the issuer is http, and
    mail stays in the outbox.
    """
    port = free_port()
    began = time.perf_counter()
    with (folder / "server.log").open("a") as log:
        process = subprocess.Popen(
            command(seed),
            cwd=folder,
            env=settings(port, database_url=database_url, workers=workers),
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_ready(process, port, log=folder / "server.log")
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def command(seed: Path | None) -> list[str]:
    """Return the command line of the server."""
    idp = str(Path(sys.executable).with_name("idp"))
    return [idp, "serve", *(["--seed", str(seed)] if seed else [])]


def settings(port: int, *, database_url: str, workers: int) -> dict[str, str]:
    """Return the server's environment."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("IDP_")}
    return inherited | {
        "IDP_ENVIRONMENT": "development",
        "IDP_ISSUER": f"http://127.0.0.1:{port}",
        "IDP_LISTEN": f"127.0.0.1:{port}",
        "IDP_DATABASE_URL": database_url,
        "IDP_WORKERS": str(workers),
        "IDP_DEMO": "false",
    }


def wait_until_ready(process: subprocess.Popen, port: int, *, log: Path) -> None:
    """Wait until /readyz says yes; fail with the log when the server ends instead."""
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline and process.poll() is None:
        if is_ready(port):
            return
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def is_ready(port: int) -> bool:
    """Ask /readyz."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
