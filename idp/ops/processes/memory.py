"""What the C library keeps of freed memory, where it is GNU's (mallopt(3))."""

import ctypes
import time
from threading import Thread

from flask import Flask

from idp.core.context import service_of
from idp.core.hashing import PasswordHashes

M_ARENA_MAX = -8  # malloc.h
QUIET_SECONDS = 1.0


def share_one_arena() -> None:
    """Let all threads take memory from one arena, in processes forked later too.

    An arena keeps the 20 MB of a password hash for the next one, since to get them anew
    makes it a quarter dearer. Each thread having its own, they would be kept as often
    as there are threads, though fewer hashes run at one time.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, 1)


def give_back() -> None:
    """Return what is free to the system; it takes about a millisecond."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


class HashMemory:
    """Begin one in each process after its last fork: a thread does not survive one.

    It gives back what password hashes took once nobody has asked for one for a second.
    """

    def __init__(self, app: Flask) -> None:
        self._hashes = service_of(app, PasswordHashes)
        self._given_back_at = self._hashes.used_at
        self._thread = Thread(target=self._run, name="memory", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def look(self, now: float) -> None:
        """Give back what is not needed at a moment of ``time.monotonic``."""
        used_at = self._hashes.used_at
        if self._given_back_at != used_at and used_at + QUIET_SECONDS < now:
            self._given_back_at = used_at
            give_back()

    def _run(self) -> None:
        while True:
            time.sleep(QUIET_SECONDS)
            self.look(time.monotonic())
