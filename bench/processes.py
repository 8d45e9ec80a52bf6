"""What a process and all its children cost, read from /proc (proc(5)); its end."""

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
STOP_SECONDS = 30
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Fields after the command's name: utime, stime, and the same of children that ended.
PARENT, TICKS = 1, slice(11, 15)


def stat_of(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat from the state on; None when it ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def tree(root: int) -> list[int]:
    """Return a process and all its living descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (fields := stat_of(int(folder.name))):
            children[int(fields[PARENT])].append(int(folder.name))
    return list(descend(root, children))


def descend(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    """Yield ``pid`` and whatever is below it."""
    yield pid
    for child in children[pid]:
        yield from descend(child, children)


def cpu_seconds(root: int) -> float:
    """Return the processor time that a tree of processes has used so far.

    What a child used counts also after its end, for its parent has waited for it.
    """
    found = [fields for pid in tree(root) if (fields := stat_of(pid))]
    ticks = sum(int(ticks) for fields in found for ticks in fields[TICKS])
    return ticks / TICKS_PER_SECOND


def running_seconds(root: int) -> dict[int, float]:
    """Return how long each living process of a tree has run, to the nanosecond."""
    found = {}
    for pid in tree(root):
        with suppress(FileNotFoundError, ProcessLookupError):
            ran, *_ = (PROC / str(pid) / "schedstat").read_text().split()
            found[pid] = int(ran) / 1e9
    return found


def pss_megabytes(root: int) -> float:
    """Return the memory of a tree, shared pages divided among their users."""
    kilobytes = 0
    for pid in tree(root):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def stop(process: subprocess.Popen) -> None:
    """Ask a process to end; end it when it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
