"""Prints what was measured."""

from collections.abc import Mapping, Sequence
from statistics import median

from bench.measure import Measured

HEAD = ("ops/s", "CPU ms/op", "db ms/op", "least both", "p50 ms", "p99 ms", "ops")
MEMORY_HEAD = ("start s", "idle MB", "loaded MB", "further MB")
CASE_WIDTH, NAME_WIDTH, WIDTH = 20, 14, 11


def show(case: str, name: str, *, columns: Sequence[str]) -> None:
    """Print one row."""
    cells = "".join(f"{cell:>{WIDTH}}" for cell in columns)
    print(f"{case:<{CASE_WIDTH}}{name:<{NAME_WIDTH}}{cells}", flush=True)


def show_case(case: str, found: Mapping[str, Measured]) -> None:
    """Print a row for each server in one case."""
    for name, measured in found.items():
        show(case, name, columns=columns_of(measured))
        case = ""


def columns_of(measured: Measured) -> tuple[str, ...]:
    """Return the figures of a row, as HEAD names them.

    The least is that of the best turn: what disturbs a turn can only add to its cost.
    """
    taken = measured.taken()
    count = len(taken)
    cpu = sum(turn.cpu_seconds for turn in measured.turns)
    store_cpu = sum(turn.store_cpu_seconds for turn in measured.turns)
    return (
        f"{measured.operations_per_second():.0f}",
        f"{1000 * cpu / count:.3f}",
        f"{1000 * store_cpu / count:.3f}",
        f"{1000 * measured.least_cost():.3f}",
        f"{1000 * taken[count // 2]:.1f}",
        f"{1000 * taken[count * 99 // 100]:.1f}",
        str(count),
    )


def show_ratios(
    names: Sequence[str], results: Mapping[str, Mapping[str, Measured]]
) -> None:
    """Print how much the first server costs for one of each other server.

    The median is over pairs of turns that followed one another, which had much the same
    disturbance; the lowest and the highest pair tell how far to trust it. The last
    column compares the least costs of both.
    """
    first, *others = names
    for other in others:
        print(f"\nCPU of {first} / CPU of {other}, database included")
        show("case", "", columns=("median", "lowest", "highest", "of least"))
        for case, found in results.items():
            if other in found:
                show(case, "", columns=ratios(found[first], found[other]))


def ratios(one: Measured, other: Measured) -> tuple[str, ...]:
    """Return the ratios of two costs."""
    pairs = [
        ours.cost / theirs.cost
        for ours, theirs in zip(one.turns, other.turns, strict=True)
    ]
    of_least = one.least_cost() / other.least_cost()
    return tuple(f"{n:.2f}" for n in (median(pairs), min(pairs), max(pairs), of_least))


def show_memory(name: str, *, columns: Sequence[float | None]) -> None:
    """Print how fast a server starts and what memory it takes."""
    shown = ("-" if one is None else f"{one:.0f}" for one in columns[1:])
    show("", name, columns=(f"{columns[0]:.2f}", *shown))
