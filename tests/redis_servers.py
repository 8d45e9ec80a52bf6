"""A Redis of the tests' own."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotYet


@contextmanager
def running_redis() -> Iterator[str]:
    """Run a Redis on a socket, which keeps nothing; yield its URL."""
    with tempfile.TemporaryDirectory(prefix="idp-redis-", dir="/tmp") as folder:
        socket = Path(folder, "redis.sock")
        quiet = ["--port", "0", "--save", "", "--dir", folder, "--loglevel", "warning"]
        command = ["redis-server", "--unixsocket", str(socket), *quiet]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            wait_for_answer(socket)
            yield f"unix://{socket}"
            process.terminate()


def wait_for_answer(socket: Path) -> None:
    """Return when the server answers, for ten seconds at most."""
    give_up_at = time.monotonic() + 10
    while time.monotonic() < give_up_at:
        try:
            with Redis(unix_socket_path=str(socket)) as redis:
                redis.ping()
        except NotYet:
            continue
        return
    raise TimeoutError("redis-server does not answer")
