"""The wire below an outgoing request: one deadline and one size for all of it.

``http.client`` applies a socket's timeout to each read, so a peer that sends a byte
now and then could hold a request for ever, in its headers too. Here every read gets
what is left of the whole.
"""

import io
import socket
import time
from http.client import HTTPConnection
from typing import Any


class DeadlinePassed(TimeoutError):
    """The whole exchange took longer than allowed."""


class TooMuch(OSError):
    """The peer sent more than allowed, headers included."""


class Deadline:
    """A moment on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Tell whether no time is left."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Return the seconds that are left; DeadlinePassed when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlinePassed
        return left


class Reader(io.RawIOBase):
    """Reads a socket until the deadline or ``limit`` bytes."""

    def __init__(self, sock: socket.socket, deadline: Deadline, *, limit: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._left = limit

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there into ``buffer``."""
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise TooMuch
        return count


class Wire:
    """As much of a socket as ``http.client`` uses."""

    def __init__(self, sock: socket.socket, deadline: Deadline, *, limit: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._limit = limit

    def sendall(self, data: bytes) -> None:
        """Send everything; a socket's timeout covers the whole of ``sendall``."""
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the reading side."""
        return io.BufferedReader(Reader(self._sock, self._deadline, limit=self._limit))

    def close(self) -> None:
        """Leave the socket to its owner."""


class WireConnection(HTTPConnection):
    """An HTTP connection over a wire that is already open."""

    def __init__(self, host: str, port: int, *, wire: Wire) -> None:
        super().__init__(host, port)
        self.sock: Any = wire

    def connect(self) -> None:
        """Refuse to open anything: only checked addresses are connected to."""
        raise ConnectionError("the connection is over")
