"""How many processors this process may use: those of its container."""

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


@cache
def available_cpus() -> int:
    """Return the number of processors, at least one; a quota is rounded up."""
    return count_cpus(os.sched_getaffinity(0), own=OWN, cgroups=CGROUPS)


def count_cpus(allowed: set[int], *, own: Path, cgroups: Path) -> int:
    """Return how many of the ``allowed`` processors the quotas of cgroups leave.

    ``own`` names the groups of the process, as /proc/self/cgroup does; a group has the
    quotas of those that it lies in as well (v2 ``cpu.max``, v1 ``cpu.cfs_quota_us``).
    """
    quotas = [quota for folder in _folders(own, cgroups) for quota in _quotas(folder)]
    return max(1, min([len(allowed), *map(math.ceil, quotas)]))


def _folders(own: Path, cgroups: Path) -> Iterator[Path]:
    """Yield where quotas of the process may stand."""
    yield from (cgroups, cgroups / "cpu")
    for line in _read(own).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = cgroups / "cpu" if controllers else cgroups
        group = Path(path.lstrip("/"))
        yield from (root / each for each in (group, *group.parents))


def _quotas(folder: Path) -> Iterator[float]:
    """Yield the quota of a group in processors, nothing where it has none."""
    pair = _read(folder / "cpu.max").split() or [
        _read(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")
    ]
    quota, period = pair if len(pair) == len(("quota", "period")) else ("", "")
    if quota.isdecimal() and period.isdecimal() and int(period):
        yield int(quota) / int(period)


def _read(path: Path) -> str:
    """Return what a file says, nothing where there is none."""
    try:
        return path.read_text()
    except OSError:
        return ""
