"""Nodes of one installation, as operators run them: production, behind a proxy."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.serving import COMMAND, STOP_SECONDS, free_ports

START_SECONDS = 60
SECRET = "for-drills-only-" + "x" * 32


def figures(said: str) -> None:
    """Say what was measured; ``make drills args=-s`` shows it."""
    sys.stdout.write(f"{said}\n")


@dataclass
class Node:
    """One ``idp serve`` that may be stopped and started again."""

    port: int
    folder: Path
    environ: Mapping[str, str]
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [COMMAND, "serve", "--listen", f"127.0.0.1:{self.port}"]
        with (self.folder / f"{self.port}.txt").open("a") as output:
            self.process = subprocess.Popen(
                command, env=self.environ, stdout=output, stderr=output, cwd=self.folder
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            assert time.monotonic() < deadline, self.output
            assert self.process.poll() is None, self.output
            time.sleep(0.05)

    def stop(self) -> None:
        """Tell it to stop, and wait until it has."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(STOP_SECONDS) == 0, self.output

    def ready(self) -> bool:
        """Tell whether /readyz answers 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def run(self, *arguments: str) -> str:
        """Run another command of this installation, and return what it prints."""
        done = subprocess.run(
            [COMMAND, *arguments],
            env=self.environ,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @property
    def output(self) -> str:
        """What it has said so far."""
        return (self.folder / f"{self.port}.txt").read_text()


@contextmanager
def nodes(
    folder: Path, *, issuer: str, environ: Mapping[str, str], count: int = 2
) -> Iterator[Sequence[Node]]:
    """Run nodes of one installation on an empty database, with one admin."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("IDP_")}
    (folder / "admin").write_text("nine quiet otters by the lake")
    clean |= {
        "IDP_ISSUER": issuer,
        "IDP_SECRET_KEY": SECRET,
        "IDP_MAIL_URL": f"file://{folder}/mail.jsonl",
        "IDP_TRUSTED_PROXIES": "127.0.0.1",
        "IDP_WORKERS": "1",
        "IDP_BOOTSTRAP_ADMIN_EMAIL": "admin@example.com",
        "IDP_BOOTSTRAP_ADMIN_PASSWORD_FILE": str(folder / "admin"),
        "IDP_ARGON2_MEMORY_KIB": "8",
        "IDP_ARGON2_ITERATIONS": "1",
        **environ,
    }
    with ExitStack() as running:
        made = [Node(free_ports()[0], folder, clean) for _ in range(count)]
        for node in made:
            running.callback(node.stop)
            node.start()
        yield made
