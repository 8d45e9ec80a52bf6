"""Whether the database's disk is full: nothing but a failed write tells.

That counts for some seconds, so that probes say what requests come upon. Reading goes
on meanwhile, and probes do no more.
"""

from time import monotonic

FULL = frozenset({"53100", "SQLITE_FULL"})  # SQLSTATE, SQLite's name
REMEMBERED_SECONDS = 5.0


class Disk:
    """What this process has heard of it."""

    def __init__(self) -> None:
        self._full_until = 0.0

    def learn(self, error: BaseException) -> None:
        """Remember a driver's error that says so."""
        code = getattr(error, "sqlstate", None) or getattr(
            error, "sqlite_errorname", None
        )
        if code in FULL:
            self._full_until = monotonic() + REMEMBERED_SECONDS

    def is_full(self) -> bool:
        """Tell whether a write has failed for it a moment ago."""
        return monotonic() < self._full_until


DISK = Disk()
