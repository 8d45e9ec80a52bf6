"""HTTP/1.1 as uvicorn speaks it, with limits for the head of a request.

uvicorn limits neither how long a head is nor how long it takes: a caller that sends one
byte a minute would keep its connection for ever. What is overridden here are methods
that asyncio and httptools call by these names.
"""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0
DRAIN_SECONDS = 0.2
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class LimitedHead(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = False
        self._head_bytes = 0
        self._stopping = False
        self._too_late: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that has come in part is waited for."""
        super().data_received(data)
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()
        elif self._too_late is None:
            self._expect_head()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is whole, and what follows is its body."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()
        if self._stopping:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Answer what has been sent already; uvicorn would close at once."""
        self._stopping = True
        self.loop.call_later(DRAIN_SECONDS, super().shutdown)

    def _expect_head(self) -> None:
        self._too_late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None
