"""Compare a database that has grown with a small one, operation by operation.

The figure that counts is processor time, of this process and of the database's server,
the median of twenty rounds: ``python -m bench.growth --users 100000``. Each user has
two sessions, grants and families of refresh tokens. Both databases are there at once
and asked in turn, so that whatever else the machine does counts for both; each sign-in,
code flow and refresh is of another user.
"""

import argparse
import gc
import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url

from bench.growth.app import Case, Visit, furnish, hashed_password, make_app
from bench.growth.fill import fill
from bench.store import Store, postgresql, sqlite

A_PAGE = 200  # users of the small one: more than a list shows
ROUNDS = 20
SMALL, FULL = "small", "full"


@dataclass
class Cost:
    """What one operation costs, in milliseconds: of each round, and each time."""

    cpu: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)


def main() -> None:
    """Print a line for each operation."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), default="sqlite"
    )
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument(
        "--only", default="", help="a part of the names of the operations to run"
    )
    parser.add_argument(
        "--keep", type=Path, help="where SQLite's file is left for the next run"
    )
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="growth-", dir=given.keep) as name:
        folder = Path(name)
        with stores(given.database, folder, full=given.keep or folder) as found:
            visits = {
                SMALL: visit(found[SMALL], folder / SMALL, users=A_PAGE),
                FULL: visit(found[FULL], folder / FULL, users=given.users),
            }
            report(visits, found[FULL], only=given.only)


@contextmanager
def stores(kind: str, folder: Path, *, full: Path) -> Iterator[dict[str, Store]]:
    """Make both databases; of PostgreSQL they are in one server."""
    (folder / SMALL).mkdir()
    (folder / FULL).mkdir()
    if kind == "sqlite":
        with sqlite(folder / SMALL) as one, sqlite(full) as other:
            yield {SMALL: one, FULL: other}
        return
    with postgresql() as server:
        engine = patient_engine(server.url)
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("CREATE DATABASE full_one")
        engine.dispose()
        other = Store(server.url.replace("/postgres?", "/full_one?"), server.pid)
        yield {SMALL: server, FULL: other}


def visit(store: Store, folder: Path, *, users: int) -> Visit:
    """Make an app and fill its database, unless it was kept."""
    app = make_app(store.url, folder)
    key, new = furnish(app)
    if new:
        began = time.monotonic()
        engine = patient_engine(store.url)
        with engine.connect() as connection:
            for _ in fill(connection, users=users, password_hash=hashed_password(app)):
                print(".", end="", flush=True)
        engine.dispose()
        print(f"\n{users:,} users filled in {time.monotonic() - began:.0f} s")
    return Visit(app, key, folder, store.url, users)


def report(visits: dict[str, Visit], store: Store, *, only: str) -> None:
    """Run all operations on both, and print what they cost."""
    print(f"{'':26}{'small':>10}{'full':>10}{'ratio':>8}{'median, ms':>14}", flush=True)
    for small, full in zip(visits[SMALL].cases(), visits[FULL].cases(), strict=True):
        if only not in small.name:
            continue
        was, cost = compare(small, full, store=store)
        before, after = (statistics.median(each.cpu) for each in (was, cost))
        medians = (statistics.median(each.taken) for each in (was, cost))
        print(
            f"{full.name:26}{before:10.2f}{after:10.2f}{after / before:8.2f}"
            "{:8.1f} → {:.1f}".format(*medians),
            flush=True,
        )


def compare(small: Case, full: Case, *, store: Store) -> tuple[Cost, Cost]:
    """Run one operation on both databases in turn, each once before it counts."""
    costs = Cost(), Cost()
    pairs = list(zip((small, full), costs, strict=True))
    for case, _ in pairs:
        case.run()
    rounds = min(ROUNDS, full.times)
    for turn in range(rounds):
        for case, cost in pairs[:: 1 if turn % 2 else -1]:
            one_round(case, cost, times=full.times // rounds, store=store)
    return costs


def one_round(case: Case, cost: Cost, *, times: int, store: Store) -> None:
    """Run an operation a few times, and note what that took."""
    gc.collect()
    server, ours = store.running_seconds(), time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        case.run()
        cost.taken.append((time.perf_counter() - began) * 1000)
    ours = time.process_time() - ours
    for pid, ran in store.running_seconds().items():
        ours += ran - server.get(pid, 0)
    cost.cpu.append(ours / times * 1000)


def patient_engine(url: str) -> Engine:
    """Return an engine whose statements may take as long as they do."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed)


if __name__ == "__main__":
    main()
