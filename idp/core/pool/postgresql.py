"""Connections to PostgreSQL on which a turn waits without keeping others waiting.

psycopg's protocol is written as generators that yield what they wait for, and its
connections have one method that runs them, ``wait``. It is a public name that the
documentation does not promise; tests/core/test_turns.py holds what we need of it.
"""

import select
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.sql import SQL
from psycopg.waiting import Wait

from idp.core.pool.commits import COMMITS
from idp.core.pool.limits import Limits
from idp.core.pool.turns import running_turn
from idp.core.pool.watchdog import Watchdog

Prepare = Literal["auto", "always", "never"]
T = TypeVar("T")

EVENTS = {
    Wait.R: select.EPOLLIN,
    Wait.W: select.EPOLLOUT,
    Wait.RW: select.EPOLLIN | select.EPOLLOUT,
}
WATCHDOG = Watchdog()
SLACK_SECONDS = 0.5  # the server itself is to say that a statement took too long
PREPARED_FROM = 5  # psycopg's own choice, which it may change
REACHED = {  # a network that is cut off is noticed within five seconds
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}


def connector(
    limits: Callable[[], Limits], *, prepare: Prepare
) -> Callable[..., "PatientConnection"]:
    """Return what connects with what SQLAlchemy would give psycopg (``do_connect``)."""

    def connect(_dialect: object, *about: Any) -> PatientConnection:
        *_, values, named = about
        made = PatientConnection.connect(*values, **(REACHED | named))
        made.begin_work(limits(), prepare=prepare)
        return made

    return connect


class PatientConnection(Connection[Any]):
    """A connection that steps aside in turns, and blocks elsewhere as is usual.

    A wait ends at its limit, whatever the server does.
    """

    longest_wait = 0.0  # seconds; 0 is no limit

    def begin_work(self, limits: Limits, *, prepare: Prepare) -> None:
        """Set the limits, and find out whether statements can be prepared.

        Raises what psycopg raises; the connection is closed then.
        """
        self.longest_wait = limits.statement and limits.statement + SLACK_SECONDS
        self.prepare_threshold = None
        try:
            self.autocommit = True
            pooled = self._is_pooled()
            if not pooled:
                self._set_limits(limits)
            self.autocommit = False
        except BaseException:
            self.close()
            raise
        if prepare == "always" or (prepare == "auto" and not pooled):
            self.prepare_threshold = PREPARED_FROM

    def commit(self) -> None:
        """Commit, and let probes know while that takes long."""
        COMMITS.begin(self)
        try:
            super().commit()
        finally:
            if self.closed:
                COMMITS.give_up(self)
            else:
                COMMITS.end(self)

    def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        """Run a piece of the protocol to its end, and return what it returns."""
        if not self.longest_wait:
            return self._wait(gen, *args, **options)
        WATCHDOG.watch(self, seconds=self.longest_wait)
        try:
            return self._wait(gen, *args, **options)
        finally:
            WATCHDOG.leave(self)

    def _wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        turn = running_turn()
        if turn is None or options.get("timeout") is not None:
            return super().wait(gen, *args, **options)
        socket = self.pgconn.socket
        try:
            wanted = next(gen)
            while True:
                turn.wait_for(socket, EVENTS[wanted])
                wanted = gen.send(int(wanted))  # to read in vain does no harm
        except StopIteration as ended:
            found: T = ended.value
            return found

    def _is_pooled(self) -> bool:
        """Tell whether a pooler stands between: then another process answers.

        It may give each transaction another server, which knows neither the statements
        that were prepared before nor the limits.
        """
        [pid] = self.execute("SELECT pg_backend_pid()").fetchone() or [None]
        return bool(pid != self.info.backend_pid)

    def _set_limits(self, limits: Limits) -> None:
        """Set the server's limits for this connection, as a query: poolers take that.

        A pooler would set them for others, too.
        """
        named = {
            "lock_timeout": limits.lock,
            "statement_timeout": limits.statement,
            "idle_in_transaction_session_timeout": limits.idle,
        }
        set_one = SQL("set_config({}, {}, false)")
        wanted = [
            set_one.format(name, f"{seconds}s")
            for name, seconds in named.items()
            if seconds
        ]
        if wanted:
            self.execute(SQL("SELECT {}").format(SQL(", ").join(wanted)))
