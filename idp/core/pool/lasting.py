"""Connections that stay with the threads that used them."""

from threading import Lock, Thread, current_thread, local
from time import monotonic

from sqlalchemy import Connection, Engine

from idp.core.pool.rest import lives
from idp.core.pool.turns import apart, running_turn


class KeptConnections:
    """The connections that a thread keeps, while nobody works on them."""

    def __init__(self) -> None:
        self._idle: list[tuple[Connection, float]] = []

    def __len__(self) -> int:
        return len(self._idle)

    def put(self, held: Connection) -> None:
        """Keep one more."""
        self._idle.append((held, monotonic()))

    def pop(self) -> tuple[Connection, float]:
        """Return what was used last, and when (by the monotonic clock)."""
        return self._idle.pop()


class Lasting:
    """Connections of an engine that stay with the thread that used them.

    A thread keeps one, and the loop's thread one for each of so many ``turns``. One
    that is taken is nobody's until it comes back: a unit of work inside another gets
    one of its own.
    """

    def __init__(self, engine: Engine, *, turns: int) -> None:
        self._engine = engine
        self._turns = turns
        self._here = local()
        self._everywhere: dict[Thread, KeptConnections] = {}
        self._adding = Lock()
        self._embedded = engine.dialect.name == "sqlite"
        self._lost_at = 0.0

    @property
    def idle(self) -> int:
        """How many connections nobody works on."""
        return sum(len(kept) for kept in list(self._everywhere.values()))

    def take(self) -> Connection:
        """Return this thread's connection, or another while that one is taken."""
        kept = self._kept()
        if not kept:
            return apart(self._engine.connect)
        held, used_at = kept.pop()
        if self._embedded or lives(held, used_at=used_at, lost_at=self._lost_at):
            return held
        return apart(self._engine.connect)

    def give_back(self, held: Connection) -> None:
        """Keep a connection whose transaction is over, unless it is one too many."""
        kept = self._kept()
        if held.invalidated or len(kept) >= (self._turns if running_turn() else 1):
            held.close()
        else:
            kept.put(held)

    def distrust(self) -> None:
        """Close what has rested since before a connection was lost, when it is taken.

        The others of a server that is gone would be waited for, one after the other.
        """
        self._lost_at = monotonic()

    def close(self) -> None:
        """Close what no unit of work has taken, in whichever thread it is kept."""
        for kept in list(self._everywhere.values()):
            while kept:
                held, _ = kept.pop()
                held.detach()  # it must not go back to a pool that is given up
                held.close()

    def _kept(self) -> KeptConnections:
        kept: KeptConnections | None = getattr(self._here, "kept", None)
        if kept is None:
            kept = self._here.kept = KeptConnections()
            with self._adding:
                self._inherit()
                self._everywhere[current_thread()] = kept
        return kept

    def _inherit(self) -> None:
        """Give back to the pool what threads kept that have ended."""
        for ended in [known for known in self._everywhere if not known.is_alive()]:
            kept = self._everywhere.pop(ended)
            while kept:
                kept.pop()[0].close()
