"""Start a server, put load on it, print what each operation costs.

The figure that counts is the processor time of one operation, over all processes of the
server. Throughput and latency depend on what else runs, the load generator included. So
does processor time where processors share a core: compare ratios of servers that took
turns in one run (--against, --peer), not the figures of two runs.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import checkout, peer, report
from bench.cases import CASES
from bench.interpreter import ROOT, python_for
from bench.machine import signature_milliseconds
from bench.measure import Plan, Subject, idle, measure, running
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
    add("--only", type=cases_of, default=list(CASES), metavar="CASE,CASE")
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
    add("--memory", action="store_true", help="also time of a start, and memory")
    given = parser.parse_args()
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


def measure_all(subjects: Sequence[Subject], given: argparse.Namespace) -> None:
    """Measure the cases and print them."""
    plan = Plan(given.concurrency, given.seconds, given.warm_up, given.rounds)
    for subject in subjects:
        print(f"{subject.product.name}: {subject.token_kinds()}")
    print()
    report.show("case", "server", columns=report.HEAD)
    results = {}
    for case in given.only:
        results[case] = measure(case, subjects, plan=plan)
        report.show_case(case, results[case])
    report.show_ratios([one.product.name for one in subjects], results)


def main() -> None:
    """Measure what the command line asks for."""
    given = options()
    with products(given) as found, ExitStack() as stack:
        introduce(found, given)
        before = {one.name: idle(one) for one in found} if given.memory else {}
        subjects = [
            stack.enter_context(running(one, people=given.concurrency)) for one in found
        ]
        measure_all(subjects, given)
        if before:
            report.show_memory(subjects, before)


if __name__ == "__main__":
    main()
