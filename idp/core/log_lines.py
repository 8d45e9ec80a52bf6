"""Log lines that nobody waits for, although their reader stands still.

A supervisor that does not read any more would stop each request at its next line. So
lines that cannot be written at once wait here, as many as fit, and the others are
counted; a line says how many were dropped as soon as one can be written.
"""

import logging
import os
import select
import socket
import stat
from collections import deque
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import TextIO

MOST_BYTES = 1024**2
AT_END_SECONDS = 1.0
NOT_WAITING = os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
DROPPED = "log lines were dropped: nobody read them"


def open_lines(stream: TextIO) -> logging.Handler:
    """Return what writes records to a stream, without waiting where it is a pipe."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return logging.StreamHandler(stream)
    mode = os.fstat(number).st_mode
    if stat.S_ISSOCK(mode):
        return WaitingLines(socket.socket(fileno=os.dup(number)))
    if stat.S_ISFIFO(mode) or os.isatty(number):
        with suppress(OSError):  # of another user: it is written as usual
            return WaitingLines(File(number))
    return logging.StreamHandler(stream)


class WaitingLines(logging.Handler):
    """Writes lines to a file that may not take them; its lock guards what waits.

    A thread is there only while lines wait, and in the process where they do: forked
    ones begin with none.
    """

    _followed = False

    def __init__(self, file: "File | socket.socket") -> None:
        super().__init__()
        self._file = file
        self._begin_anew()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or keep it while others wait or the reader does."""
        try:
            self._leave_other_process()
            self._keep(f"{self.format(record)}\n".encode())
            if not self._followed and not self._write_waiting():
                self._followed = True
                Thread(target=self._follow, name="log", daemon=True).start()
        except (OSError, TypeError, ValueError):
            self._forget()
            self.handleError(record)

    def flush(self) -> None:
        """Write what waits, for a second at most: the process ends."""
        self._leave_other_process()
        late = monotonic() + AT_END_SECONDS
        with suppress(OSError):
            while not self._write_waiting() and monotonic() < late:
                self._await_room(AT_END_SECONDS)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
        super().close()

    def _leave_other_process(self) -> None:
        """Let what waits be written where it was logged: this process was forked."""
        if self._process != os.getpid():
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Let nothing wait, and no thread be there."""
        self._process = os.getpid()
        self._followed = False
        self._forget()

    def _forget(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._bytes = self._dropped = 0

    def _keep(self, line: bytes) -> None:
        """Add a line to those that wait, or count it where they are too many."""
        if self._dropped or self._bytes + len(line) > MOST_BYTES:
            self._dropped += 1
        else:
            self._waiting.append(line)
            self._bytes += len(line)

    def _write_waiting(self) -> bool:
        """Write as many lines as are taken; tell whether none is left."""
        while self._waiting or self._dropped:
            if not self._waiting:
                self._say_dropped()
            line = self._waiting.popleft()
            try:
                written = self._file.send(line, socket.MSG_DONTWAIT)
            except BlockingIOError:
                written = 0
            self._bytes -= written
            if written < len(line):
                self._waiting.appendleft(line[written:])
                return False
        return True

    def _say_dropped(self) -> None:
        """Let a line wait that says how many were dropped."""
        about = {"name": __name__, "levelno": logging.ERROR, "levelname": "ERROR"}
        record = logging.makeLogRecord(
            {**about, "msg": DROPPED, "count": self._dropped}
        )
        self._dropped = 0
        self._keep(f"{self.format(record)}\n".encode())

    def _follow(self) -> None:
        """Write what waits whenever there is room, until nothing does."""
        while True:
            self._await_room(None)
            self.acquire()
            try:
                if self._write_waiting():
                    self._followed = False
                    return
            except OSError:  # nobody reads any more
                self._begin_anew()
                return
            finally:
                self.release()

    def _await_room(self, seconds: float | None) -> None:
        select.select([], [self._file], [], seconds)


class File:
    """A pipe or terminal that is written as a socket is, without waiting.

    It has a number of its own: other processes share the file that was inherited, and
    expect to wait there.
    """

    def __init__(self, number: int) -> None:
        self._number = os.open(f"/proc/self/fd/{number}", NOT_WAITING)

    def send(self, data: bytes, _flags: int) -> int:
        """Write as many bytes as are taken, and return how many."""
        return os.write(self._number, data)

    def fileno(self) -> int:
        """Return its number."""
        return self._number

    def close(self) -> None:
        """Give the number back."""
        os.close(self._number)
