"""The real server as a process group, for tests that need what only processes have."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

import requests

START_SECONDS = 60
STOP_SECONDS = 25
COMMAND = Path(sys.executable).with_name("idp")


@dataclass
class Serving:
    """One running ``idp serve``: where it is and what it printed so far."""

    url: str
    demo_url: str
    folder: Path
    process: subprocess.Popen
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """What it wrote to its standard output and error."""
        return (self.folder / "output.txt").read_text()

    def run(self, *arguments: str) -> str:
        """Run another ``idp`` command beside the server and return its output."""
        finished = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return finished.stdout

    def call(self, method: str, path: str, **body: object) -> dict[str, object]:
        """Have an operator's program do something; commands take a second to start."""
        key = self.environ["IDP_BOOTSTRAP_ADMIN_API_KEY"]
        answer = requests.request(
            method,
            f"{self.url}{path}",
            json=body or None,
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else {}

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Ask the parent to stop and return its status."""
        self.process.send_signal(with_signal)
        return self.process.wait(STOP_SECONDS)


def free_ports() -> tuple[int, int]:
    """Return two neighbouring ports that nobody listens on: server and demo app.

    They lie below those that the system hands out: one of these could be given to
    another test's listener before the server that was to have it starts, and would be
    asked in its place. None is returned twice.
    """
    while True:
        port = next(_PORTS)
        try:
            for each in (port, port + 1):
                socket.create_server(("127.0.0.1", each)).close()
        except OSError:
            continue
        return port, port + 1


# each process begins at a place of its own
_PORTS = islice(cycle(range(11_000, 32_000, 2)), os.getpid() * 97 % 10_500, None)


@contextmanager
def serving(
    folder: Path,
    *arguments: str,
    environ: Mapping[str, str] = {},
    ports: tuple[int, int] | None = None,
    start_new_session: bool = False,
) -> Iterator[Serving]:
    """Run ``idp serve --dev`` in ``folder`` on free ports until the block is left.

    One that begins a new session has no terminal, as under a supervisor.
    """
    port, demo_port = ports or free_ports()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("IDP_")}
    clean |= {"IDP_ARGON2_MEMORY_KIB": "8", "IDP_ARGON2_ITERATIONS": "1", **environ}
    command: Sequence[str | Path] = [
        COMMAND,
        "serve",
        "--dev",
        "--listen",
        f"127.0.0.1:{port}",
        *arguments,
    ]
    with (folder / "output.txt").open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=clean,
            stdout=output,
            stderr=output,
            start_new_session=start_new_session,
        )
    url, demo_url = f"http://localhost:{port}", f"http://localhost:{demo_port}"
    server = Serving(url, demo_url, folder, process, clean)
    try:
        wait_until_ready(server, port)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def wait_until_ready(server: Serving, port: int) -> None:
    """Wait until /readyz answers 200; fail with the output when it never does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise AssertionError(f"the server did not start:\n{server.output}")


def children(pid: int) -> set[int]:
    """The processes that ``pid`` has forked and that live."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    own = {int(child) for child in path.read_text().split()}
    # a process that was started again is the child of a thread of the parent
    for task in path.parents[1].iterdir():
        own |= {int(child) for child in (task / "children").read_text().split()}
    return {child for child in own if alive(child)}


def alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def holder_of(connection: socket.socket, *, among: set[int]) -> int:
    """Return which process has the other end of a connection on this machine."""
    ends = connection.getpeername(), connection.getsockname()
    ports = [f"{port:04X}" for _, port in ends]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    [inode] = [
        row[9]
        for row in rows[1:]
        if [row[1].partition(":")[2], row[2].partition(":")[2]] == ports
    ]
    [holder] = (pid for pid in among if f"socket:[{inode}]" in open_files(pid))
    return holder


def open_files(pid: int) -> Iterator[str]:
    """Yield what a process has open; nothing of one that has ended."""
    folder = Path(f"/proc/{pid}/fd")
    with suppress(FileNotFoundError):
        for descriptor in list(folder.iterdir()):
            with suppress(FileNotFoundError):  # closed meanwhile
                yield str(descriptor.readlink())
