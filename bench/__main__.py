"""Start a server, put load on it, print what each operation costs."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cases import CASES, WITHOUT_PERSON, Person, email_of, seed
from bench.http import Conversation, Visitor, run_for
from bench.machine import signature_milliseconds
from bench.processes import cpu_seconds, pss_megabytes
from bench.server import Server, serving
from tests.databases import postgres_server

HEAD = ("case", "ops/s", "CPU ms/op", "db ms/op", "p50 ms", "p99 ms", "ops")


@dataclass(frozen=True)
class Measured:
    """One case: how many operations in how long, and what they cost."""

    name: str
    taken: list[float]
    wall_seconds: float
    cpu_seconds: float
    database_cpu_seconds: float

    def columns(self) -> tuple[str, ...]:
        """Return the row of the table."""
        count, ordered = len(self.taken), sorted(self.taken)
        return (
            self.name,
            f"{count / self.wall_seconds:.0f}",
            f"{1000 * self.cpu_seconds / count:.3f}",
            f"{1000 * self.database_cpu_seconds / count:.3f}",
            f"{1000 * ordered[count // 2]:.1f}",
            f"{1000 * ordered[count * 99 // 100]:.1f}",
            str(count),
        )


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), default="sqlite"
    )
    parser.add_argument("--concurrency", type=int, default=16, help="connections")
    parser.add_argument("--seconds", type=float, default=5, help="for each case")
    parser.add_argument("--warm-up", type=float, default=1, help="seconds before it")
    parser.add_argument("--workers", type=int, default=1, help="web workers")
    parser.add_argument("--only", action="append", choices=CASES, help="one case")
    return parser.parse_args()


@dataclass(frozen=True)
class Database:
    """An empty database; ``pid`` is its server's, None for an embedded one."""

    url: str
    pid: int | None = None

    def cpu_seconds(self) -> float:
        """Return the processor time that its server has used so far."""
        return cpu_seconds(self.pid) if self.pid else 0.0


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """Make a database; PostgreSQL waits for the disk, as in production."""
    if kind == "sqlite":
        yield Database(f"sqlite:///{folder}/bench.sqlite3")
        return
    with postgres_server(durable=True) as socket_folder:
        lock = Path(socket_folder, "data", "postmaster.pid").read_text()
        url = f"postgresql://postgres@/postgres?host={socket_folder}"
        yield Database(url, int(lock.split()[0]))


def connect(name: str, server: Server, *, number: int) -> Conversation:
    """Open one connection for a case, with a person of its own if it needs one."""
    person = Person(Visitor(server.host), email_of(number))
    if name not in WITHOUT_PERSON:
        for operation in (person.sign_in, person.authorize):
            Conversation(server.address, operation).run_once()
    return Conversation(server.address, CASES[name](person))


def measure(
    name: str, server: Server, *, database: Database, given: argparse.Namespace
) -> Measured:
    """Warm up and measure one case."""
    conversations = [
        connect(name, server, number=number) for number in range(given.concurrency)
    ]
    run_for(given.warm_up, conversations)
    cpu, database_cpu = cpu_seconds(server.pid), database.cpu_seconds()
    began = time.perf_counter()
    taken = run_for(given.seconds, conversations)
    wall = time.perf_counter() - began
    used = cpu_seconds(server.pid) - cpu
    database_used = database.cpu_seconds() - database_cpu
    for one in conversations:
        one.socket.close()
    return Measured(name, taken, wall, used, database_used)


def show(columns: tuple[str, ...]) -> None:
    """Print one row."""
    first, *numbers = columns
    print(f"{first:<20}" + "".join(f"{number:>12}" for number in numbers), flush=True)


def main() -> None:
    """Measure all cases."""
    given = options()
    with (
        tempfile.TemporaryDirectory() as name,
        database(given.database, Path(name)) as made,
    ):
        folder = Path(name)
        seed_file = folder / "seed.toml"
        seed_file.write_text(seed(given.concurrency))
        run = {"database_url": made.url, "workers": given.workers}
        with serving(folder, seed=seed_file, **run) as server:
            print(f"first start, empty database: {server.start_seconds:.2f} s")
        with serving(folder, seed=None, **run) as server:
            print(f"start: {server.start_seconds:.2f} s")
            print(f"memory (PSS): {pss_megabytes(server.pid):.0f} MB")
            print(f"one RS256 signature: {signature_milliseconds():.3f} ms CPU")
            show(HEAD)
            for case in given.only or CASES:
                show(measure(case, server, database=made, given=given).columns())
            print(f"memory (PSS) after the load: {pss_megabytes(server.pid):.0f} MB")


if __name__ == "__main__":
    main()
