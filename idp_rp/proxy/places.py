"""How many live answers a session may have open."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from idp_rp.messages import BodyStream


class Places:
    """Live answers of this process, of each session the newest ``most``.

    The oldest makes room, and no new one is refused: where a server does not tell that
    a page is gone, the oldest is most likely of one that nobody sees any more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: dict[str, list[BodyStream]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, session: str, stream: BodyStream) -> Iterator[None]:
        """Have a place of a session for a live answer."""
        with self._lock:
            streams = self._taken.setdefault(session, [])
            streams.append(stream)
            surplus = streams[: max(0, len(streams) - self._most)]
        for older in surplus:
            older.stop()
        try:
            yield
        finally:
            with self._lock:
                streams.remove(stream)
                if not streams:
                    del self._taken[session]
