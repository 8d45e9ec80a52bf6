"""Measure a small database, fill it, measure again, and print the ratios.

The figure that counts is processor time, of this process and of the database's server:
``python -m bench.growth --users 100000``. Each user has two sessions, grants and
families of refresh tokens.
"""

import argparse
import logging
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url

from bench.growth.app import Visit, furnish, make_app
from bench.growth.fill import fill
from bench.store import Store, database

A_PAGE = 200  # users of the small one: more than a list shows


@dataclass(frozen=True)
class Cost:
    """What one operation costs: processor milliseconds, and the median of all."""

    cpu: float
    median: float


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
    given = parser.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        folder = Path(name)
        with database(given.database, folder) as store:
            measure_growth(store, folder, users=given.users)


def measure_growth(store: Store, folder: Path, *, users: int) -> None:
    """Measure before and after, on one database."""
    app = make_app(store.url, folder)
    visit = Visit(app, furnish(app), folder, store.url)
    engine = patient_engine(store.url)
    with engine.connect() as connection:
        list(fill(connection, users=A_PAGE))
    small = measured(visit, store)
    began = time.monotonic()
    with engine.connect() as connection:
        for _ in fill(connection, users=users, there=A_PAGE):
            print(".", end="", flush=True)
    print(f"\n{users:,} users filled in {time.monotonic() - began:.0f} s")
    full = measured(visit, store)
    print(f"{'':26}{'small':>10}{'full':>10}{'ratio':>8}{'median, ms':>14}")
    for name, cost in full.items():
        was = small[name]
        print(
            f"{name:26}{was.cpu:10.1f}{cost.cpu:10.1f}{cost.cpu / was.cpu:8.2f}"
            f"{was.median:8.1f} → {cost.median:.1f}"
        )


def patient_engine(url: str) -> Engine:
    """Return an engine whose statements may take as long as they do."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed)


def measured(visit: Visit, store: Store) -> dict[str, Cost]:
    """Run all operations, each once before it counts."""
    costs = {}
    for name, operation, times in visit.cases():
        operation()
        taken, began = [], time.process_time() + store.cpu_seconds()
        for _ in range(times):
            start = time.perf_counter()
            operation()
            taken.append(time.perf_counter() - start)
        spent = time.process_time() + store.cpu_seconds() - began
        costs[name] = Cost(spent / times * 1000, statistics.median(taken) * 1000)
    return costs


if __name__ == "__main__":
    main()
