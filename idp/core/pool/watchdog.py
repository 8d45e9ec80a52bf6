"""What ends a wait that a database server does not end itself.

A server that is frozen answers no more, and its system goes on to acknowledge what is
sent: neither its own limits nor those of TCP end the wait, and a limit for statements
does not count while a commit waits for a standby. So the socket is shut down from
here, and whoever waits finds the connection lost.
"""

import os
import socket
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Protocol

TICK_SECONDS = 0.25


class Watched(Protocol):
    """A connection that may be waiting for its server."""

    def fileno(self) -> int:
        """Return the number of its socket."""


class Watchdog:
    """Shuts down the sockets of connections that have waited too long.

    Who waits enters its deadline, and takes it out afterwards: two operations on a
    dict, on the way of every statement. The one that takes an entry out owns it, so no
    socket is shut down whose connection has gone on.
    """

    def __init__(self) -> None:
        self._deadlines: dict[Watched, float] = {}
        self._shutting = Lock()
        self._thread: Thread | None = None
        os.register_at_fork(after_in_child=self._begin_anew)

    def watch(self, waiting: Watched, *, seconds: float) -> None:
        """Give a wait that begins its limit."""
        if self._thread is None:
            self._start()
        self._deadlines[waiting] = monotonic() + seconds

    def leave(self, waiting: Watched) -> None:
        """Let go of a wait that is over."""
        if self._deadlines.pop(waiting, None) is None:
            with self._shutting:  # it is being shut down: not while it is closed
                pass

    def _start(self) -> None:
        with self._shutting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            sleep(TICK_SECONDS)
            now = monotonic()
            for waiting, deadline in list(self._deadlines.items()):
                if deadline < now:
                    self._shut_down(waiting)

    def _shut_down(self, waiting: Watched) -> None:
        with self._shutting:
            if self._deadlines.pop(waiting, None) is None:
                return
            with socket.socket(fileno=os.dup(waiting.fileno())) as shared:
                shared.shutdown(socket.SHUT_RDWR)

    def _begin_anew(self) -> None:
        """Watch nothing of what the process waits for that this one was forked from."""
        self._deadlines = {}
        self._shutting = Lock()
        self._thread = None
