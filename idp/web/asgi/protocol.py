"""HTTP/1.1 as uvicorn speaks it, with limits for connections and heads of requests.

uvicorn limits neither how long a head is nor how long it takes: a caller that sends one
byte a minute would keep its connection for ever. Where there are too many connections
it answers nobody; here those give way that have kept us waiting longest, so that many
slow callers do not keep others out. What is overridden are methods that asyncio and
httptools call by these names.
"""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0
DRAIN_SECONDS = 0.2
STALLED_SECONDS = 30.0  # a caller that reads nothing of its answer is left


class Note(Protocol):
    """Keeps a refusal, by its status and the check that refused."""

    def __call__(self, *, status: int, check: str) -> str:
        """Return the reference that it is kept under."""


class ConnectionRoom:
    """The connections of one process, of which it has at most so many."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.closing = False  # each connection ends with its next answer
        self._count = 0
        # those that nothing whole has come from since the last answer; longest first
        self._awaited: dict[LimitedConnection, None] = {}

    def enter(self, connection: "LimitedConnection") -> None:
        """Let a connection in; another one, or it, has to go where it is too full."""
        self._count += 1
        self.await_request(connection)
        if self._count > self.most:
            next(iter(self._awaited)).give_way()

    def leave(self, connection: "LimitedConnection") -> None:
        """Forget a connection."""
        self._count -= 1
        self.stop_awaiting(connection)

    def await_request(self, connection: "LimitedConnection") -> None:
        """Note that it is the caller's turn to send."""
        self._awaited[connection] = None

    def stop_awaiting(self, connection: "LimitedConnection") -> None:
        """Note that it is our turn to answer."""
        self._awaited.pop(connection, None)


class LimitedConnection(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self, *args: Any, room: ConnectionRoom, note: Note, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._room = room
        self._note = note
        self._in_head = False
        self._head_bytes = 0
        self._stopping = False
        self._too_late: TimerHandle | None = None
        self._stalled: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect_head()
        self._room.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._stop_stalling()
        self._room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that has come in part is waited for."""
        super().data_received(data)
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large")
            self.loop.call_later(HEAD_SECONDS, self.transport.abort)
        elif self._too_late is None:
            self._expect_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, "no_http", said=msg)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is whole, and what follows is its body."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()
        if self._stopping or self._room.closing:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """A request is whole; who reads no answers is awaited all the same."""
        if not self.flow.write_paused:
            self._room.stop_awaiting(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was given, and the next request may come."""
        self._room.await_request(self)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """It is the caller's turn to read, which may take as long as a turn to send."""
        super().pause_writing()
        self._room.await_request(self)
        self._stop_stalling()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller reads on."""
        self._stop_stalling()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Leave a connection that is not used; what it did not read is dropped."""
        self.transport.abort()

    def give_way(self) -> None:
        """Leave at once, also with an answer unread: another one needs the room."""
        self._room.stop_awaiting(self)
        self.transport.abort()

    def shutdown(self) -> None:
        """Answer what has been sent already; uvicorn would close at once."""
        self._stopping = True
        self.loop.call_later(DRAIN_SECONDS, super().shutdown)

    def _refuse(self, status: HTTPStatus, check: str, *, said: str = "") -> None:
        """Answer what nothing of ours sees, under a reference, and close."""
        lines = (
            f"HTTP/1.1 {status} {status.phrase}",
            "content-type: text/plain; charset=utf-8",
            f"content-length: {len(said)}",
            "connection: close",
            f"x-request-id: {self._note(status=status, check=check)}",
        )
        self.transport.write("\r\n".join([*lines, "", said]).encode("ascii"))
        self.transport.close()

    def _expect_head(self) -> None:
        self._too_late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _stop_stalling(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
