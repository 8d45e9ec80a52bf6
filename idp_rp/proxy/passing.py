"""The body of an API's answer as it is passed on: whole if small, or as it comes."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final, cast

import httpx

from idp_rp.messages import EVENTS
from idp_rp.outbound import Unreachable, hang_up

# Written as things happen: each piece goes on at once, be it ever so small.
LIVE: Final = frozenset(
    {EVENTS, "application/json-seq", "application/jsonl", "application/x-ndjson"}
)
WHOLE_BYTES: Final = 64_000
# Bytes a second; a page on a bad line of 64 kbit/s is no reason to break off.
LEAST_RATE: Final = 8_000
TOO_LONG: Final = "the answer took too long"


class PassedBody:
    """What is read once, piece by piece, and closed by its reader.

    No more than ``most`` bytes come, of events any number. All of it is there by
    ``deadline``, or so much later as it takes at the least rate. Live ones may last
    until ``token_ends_at``: events end then by themselves, when nothing happens for too
    long, and when they are stopped. Whatever else goes wrong raises Unreachable: what
    has been passed on then is no whole answer.
    """

    def __init__(
        self,
        response: httpx.Response,
        *,
        most: int,
        deadline: float,
        token_ends_at: float,
    ) -> None:
        media_type = response.headers.get("content-type", "").partition(";")[0]
        length = response.headers.get("content-length", "")
        self._events = media_type.strip().lower() == EVENTS
        self.live = media_type.strip().lower() in LIVE
        self.length = int(length) if length.isascii() and length.isdigit() else None
        self._most = None if self._events else most
        self._deadline = deadline
        self._token_ends_at = token_ends_at
        self._response = response
        # Not iter_raw(), which gives the connection back at the end, before ``close``.
        self._pieces = iter(cast(httpx.SyncByteStream, response.stream))
        self._received = 0
        self._first: list[bytes] = []
        self._opened = ExitStack()
        self._stopped = self._done = False
        self._lock = threading.Lock()

    def whole(self) -> bytes | None:
        """Return all of it if that is little; None where it is passed on as it comes.

        Raises Unreachable for what comes too slowly, or says that it is too large.
        """
        if self.live:
            return None
        while self._received <= WHOLE_BYTES:
            piece = self._next()
            if piece is None:
                return b"".join(self._first)
            self._first.append(piece)
            if time.monotonic() > self._deadline:
                raise Unreachable(TOO_LONG)
        if self._most is not None and (self.length or 0) > self._most:
            raise Unreachable("the answer is too large")
        return None

    def own(self, opened: ExitStack) -> None:
        """Have it closed with what it is read from."""
        self._opened = opened

    def stop(self) -> None:
        """Have its reader come to the end, also if that waits for a piece just now."""
        with self._lock:
            self._stopped = True
            if not self._done:
                hang_up(self._response)

    def close(self) -> None:
        """Let go of what it is read from."""
        with self._lock:
            self._done = True  # the connection may be another call's from now on
        self._opened.close()

    def __iter__(self) -> Iterator[bytes]:
        while self._first:
            yield self._first.pop(0)
        while (piece := self._next()) is not None:
            late = time.monotonic() > self._ends_at
            if late and not self._events:
                raise Unreachable(TOO_LONG)
            if piece:
                yield piece
            if late:
                return
        self._done = True  # no reason to hang up

    @property
    def _ends_at(self) -> float:
        if self._events:
            return self._token_ends_at
        in_time = self._deadline + self._received / LEAST_RATE
        return max(in_time, self._token_ends_at) if self.live else in_time

    def _next(self) -> bytes | None:
        """Return the next piece, None at the end."""
        try:
            piece = next(self._pieces, None)
        except (httpx.HTTPError, httpx.StreamError) as error:
            silent = isinstance(error, httpx.ReadTimeout)
            if self._events and (silent or self._stopped):
                return None
            raise Unreachable(str(error) or type(error).__name__) from error
        if self._stopped and self._events:
            return None
        if self._stopped:
            raise Unreachable("the answer was stopped")
        self._received += len(piece or b"")
        if self._most is not None and self._received > self._most:
            raise Unreachable("the answer is too large")
        return piece
