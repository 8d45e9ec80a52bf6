"""Whether commits are answered: a standby that is away may hold all of them.

Whoever only reads notices nothing, so probes ask here. One that was given up counts for
some seconds: where nobody sends requests any more, nothing else would show that it is
over.
"""

from time import monotonic

LONG_SECONDS = 2.0
REMEMBERED_SECONDS = 5.0


class Commits:
    """Those of this process that are under way."""

    def __init__(self) -> None:
        self._since: dict[object, float] = {}
        self._slow_until = 0.0

    def begin(self, connection: object) -> None:
        """Note that a connection waits for its commit."""
        self._since[connection] = monotonic()

    def end(self, connection: object) -> None:
        """Note that it was answered: others will be, too."""
        self._since.pop(connection, None)
        self._slow_until = 0.0

    def give_up(self, connection: object) -> None:
        """Note that its connection was lost; a server that has ended is not slow."""
        now = monotonic()
        if now - self._since.pop(connection, now) > LONG_SECONDS:
            self._slow_until = now + REMEMBERED_SECONDS

    def are_slow(self) -> bool:
        """Tell whether one waits for long, or was given up a moment ago."""
        now = monotonic()
        waited = [now - since for since in list(self._since.values())]
        return now < self._slow_until or max(waited, default=0.0) > LONG_SECONDS


COMMITS = Commits()
