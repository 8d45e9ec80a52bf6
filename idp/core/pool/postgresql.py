"""Connections to PostgreSQL on which a turn waits without keeping others waiting.

psycopg's protocol is written as generators that yield what they wait for, and its
connections have one method that runs them, ``wait``. It is a public name that the
documentation does not promise; tests/core/test_turns.py holds what we need of it.
"""

import select
from typing import Any, TypeVar

from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.waiting import Wait

from idp.core.pool.turns import running_turn

T = TypeVar("T")

EVENTS = {
    Wait.R: select.EPOLLIN,
    Wait.W: select.EPOLLOUT,
    Wait.RW: select.EPOLLIN | select.EPOLLOUT,
}


def connect(_dialect: object, *about: Any) -> "PatientConnection":
    """Connect with what SQLAlchemy would give psycopg: its event ``do_connect``."""
    *_, values, named = about
    return PatientConnection.connect(*values, **named)


class PatientConnection(Connection[Any]):
    """A connection that steps aside in turns, and blocks elsewhere as is usual."""

    def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        """Run a piece of the protocol to its end, and return what it returns."""
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
