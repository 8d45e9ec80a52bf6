"""Files of ``prometheus_client`` that have no holes.

It makes a file that is all hole and writes to its mapping: where the disk is full, the
kernel kills whoever does. These are filled before they are mapped, and before they
grow, so that a full disk is an OSError.
"""

import os
from pathlib import Path

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

FIRST_BYTES = 1 << 16
MOST_BESIDE_KEY = 4 + 8 + 16  # its length, what aligns it, and two numbers


class FilledDict(MmapedDict):
    """Numbers by their keys, in a file. What writes raises OSError on a full disk."""

    def __init__(self, filename: str) -> None:
        file = Path(filename)
        if not file.exists():
            _make(file)
        super().__init__(filename)  # type: ignore[no-untyped-call] # as it is published

    def _init_value(self, key: str) -> None:
        if self._used + len(key.encode()) + MOST_BESIDE_KEY > self._capacity:
            _fill(self._f.fileno(), to=2 * self._capacity)
        super()._init_value(key)  # type: ignore[no-untyped-call] # as it is published


def keep_in_filled_files() -> None:
    """Have processes that count together write to such files from now on."""
    values.MmapedDict = FilledDict  # type: ignore[assignment,attr-defined] # its one seam


def _make(file: Path) -> None:
    """Make a file; whoever adds up all of them never finds it half made."""
    made = file.with_suffix(".new")
    try:
        with made.open("wb", buffering=0) as opened:
            _fill(opened.fileno(), to=FIRST_BYTES)
        made.rename(file)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def _fill(descriptor: int, *, to: int) -> None:
    """Write zeros up to a size, or leave the file as it was."""
    before = os.fstat(descriptor).st_size
    try:
        while (missing := to - os.fstat(descriptor).st_size) > 0:
            os.write(descriptor, bytes(missing))
    except OSError:
        os.truncate(descriptor, before)
        raise
