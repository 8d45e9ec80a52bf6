"""Start a server, put load on it, print what each operation costs.

The figure that counts is the processor time of one operation, over all processes of the
server. Throughput and latency depend on what else runs, the load generator included. So
does processor time where processors share a core: compare ratios of servers that took
turns in one run (--against, --peer), not the figures of two runs.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import checkout, peer, report
from bench.cases import CASES
from bench.interpreter import ROOT, python_for
from bench.machine import signature_milliseconds
from bench.measure import (
    Idle,
    Plan,
    Subject,
    further_megabytes,
    idle,
    measure,
    running,
)
from bench.server import Product


def cases_of(text: str) -> list[str]:
    """Read a list of cases with commas between."""
    names = text.split(",")
    if unknown := set(names) - set(CASES):
        raise argparse.ArgumentTypeError(
            f"no case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}"
        )
    return names


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--database", choices=("sqlite", "postgresql"), default="sqlite")
    add("--only", type=cases_of, metavar="CASE,CASE")
    add("--concurrency", type=int, default=16, help="connections, kept alive")
    add("--seconds", type=float, default=5, help="of load for each case and server")
    add("--warm-up", type=float, default=1, help="seconds before it")
    add(
        "--rounds", type=int, default=10, help="turns that the seconds are divided into"
    )
    add("--workers", type=int, default=1, help="web workers (1)")
    add("--python", help="run on this interpreter; what it needs is installed once")
    add("--against", type=Path, metavar="DIR", help="another checkout, by turns")
    add("--peer", choices=(peer.NAME,), help="another product, by turns (needs Node)")
    add(
        "--memory",
        action=argparse.BooleanOptionalAction,
        help="time of a start, and memory (unless there is --only or --workers)",
    )
    given = parser.parse_args()
    if given.memory is None:
        given.memory = given.workers == 1 and not given.only
    if given.memory and given.workers != 1:
        parser.error("--memory is for one worker")
    return given


@contextmanager
def products(given: argparse.Namespace) -> Iterator[list[Product]]:
    """Get ready all that is measured: this checkout first."""
    sources = {"idp": ROOT}
    if given.against:
        sources["against"] = given.against.resolve()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        found = [
            stack.enter_context(
                checkout.product(
                    name,
                    checkout.Checkout(where, python_for(where, given.python)),
                    folder=folder / name,
                    kind=given.database,
                    workers=given.workers,
                    people=given.concurrency,
                )
            )
            for name, where in sources.items()
        ]
        if given.peer:
            found.append(stack.enter_context(peer.product(folder / peer.NAME)))
        yield found


def introduce(found: Sequence[Product], given: argparse.Namespace) -> None:
    """Print what is measured and how."""
    for product in found:
        print(f"{product.name}: {product.description}")
    print(
        f"{given.database}, {given.workers} web worker(s), {given.concurrency}"
        f" connections, {given.seconds:g} s a case in {given.rounds} turn(s)"
    )
    print(f"one RS256 signature on this machine: {signature_milliseconds():.3f} ms CPU")


def measure_all(
    subjects: Sequence[Subject], *, cases: Sequence[str], plan: Plan
) -> None:
    """Measure the cases and print them."""
    for subject in subjects:
        print(f"{subject.product.name}: {subject.token_kinds()}")
    print()
    report.show("case", "server", columns=report.HEAD)
    results = {}
    for case in cases:
        results[case] = measure(case, subjects, plan=plan)
        report.show_case(case, results[case])
    report.show_ratios([one.product.name for one in subjects], results)


def measure_memory(
    found: Sequence[Product],
    before: Mapping[str, Idle],
    *,
    loaded: Mapping[str, float],
    cases: Sequence[str],
    plan: Plan,
) -> None:
    """Print how fast each server starts and its memory, that of further workers too."""
    print()
    report.show("start and memory", "", columns=report.MEMORY_HEAD)
    for product in found:
        at_rest, most = before[product.name], loaded[product.name]
        further = further_megabytes(product, most, cases=cases, plan=plan)
        figures = (at_rest.start_seconds, at_rest.megabytes, most, further)
        report.show_memory(product.name, columns=figures)


def main() -> None:
    """Measure what the command line asks for."""
    given = options()
    plan = Plan(given.concurrency, given.seconds, given.warm_up, given.rounds)
    cases = given.only or list(CASES)
    with products(given) as found:
        introduce(found, given)
        before = {one.name: idle(one) for one in found} if given.memory else {}
        with ExitStack() as stack:
            subjects = [
                stack.enter_context(running(one, people=given.concurrency))
                for one in found
            ]
            measure_all(subjects, cases=cases, plan=plan)
            loaded = {one.product.name: one.megabytes() for one in subjects if before}
        if before:
            measure_memory(found, before, loaded=loaded, cases=cases, plan=plan)


if __name__ == "__main__":
    main()
