"""What a process and all its children cost, read from /proc (proc(5))."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PARENT, USER_TICKS, SYSTEM_TICKS = 1, 11, 12  # fields after the command's name


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
    """Return the processor time that a tree of processes has used so far."""
    found = [fields for pid in tree(root) if (fields := stat_of(pid))]
    ticks = sum(int(f[USER_TICKS]) + int(f[SYSTEM_TICKS]) for f in found)
    return ticks / TICKS_PER_SECOND


def pss_megabytes(root: int) -> float:
    """Return the memory of a tree, shared pages divided among their users."""
    kilobytes = 0
    for pid in tree(root):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024
