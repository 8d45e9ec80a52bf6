"""The backend for frontend as an ASGI app, for Starlette, FastAPI and all others."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any, Final

import anyio
import anyio.lowlevel
import anyio.to_thread

from idp_rp.bff import Bff
from idp_rp.messages import (
    BffAnswer,
    BffRequest,
    BodyStream,
    BodyTooLarge,
    Refused,
    json_answer,
)
from idp_rp.outbound import Unreachable

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
BODY_SECONDS: Final = 30
# So long may a page leave a piece of an answer that is still coming.
PAGE_SECONDS: Final = 30
# So much is waited for before anything is judged: all notices, and most calls.
FIRST_BYTES: Final = 64_000
THREADS: Final = 40
STREAMS: Final = 100
NOT_FOUND: Final = BffAnswer(status=404, headers=[("Content-Type", "text/plain")])
BUSY: Final = json_answer({"error": "busy"}, status=503).adding(("Retry-After", "10"))


class BodyAwaited(Exception):
    """The answer needs a body of up to ``limit`` bytes that is not here yet."""

    def __init__(self, limit: int) -> None:
        self.limit = limit


class BffApp:
    """Answers below the prefix of ``bff``; ``otherwise`` has all the rest.

    Wrap an app in it, or mount it at the prefix. Each request is worked on in a thread,
    one of ``threads`` that are not the app's: the loop never waits for the issuer, an
    API or the store, and no thread for a browser. Beside these, as many wait for what
    long answers go on with; and live answers, of which each has a thread that waits for
    what happens, are ``streams`` at most.
    """

    def __init__(
        self,
        bff: Bff,
        *,
        otherwise: AsgiApp | None = None,
        threads: int = THREADS,
        streams: int = STREAMS,
    ) -> None:
        self._bff = bff
        self._otherwise = otherwise
        self._limiter = anyio.CapacityLimiter(threads)
        self._long = anyio.CapacityLimiter(threads)
        self._streams = anyio.CapacityLimiter(streams)
        self._live = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection (ASGI 3)."""
        path = self._path(scope) if scope["type"] == "http" else None
        if path is not None:
            answer = await self._answer(scope, receive, path=path)
            if answer.stream is None:
                await _send(send, answer)
            else:
                await self._pass_on(answer, answer.stream, receive=receive, send=send)
        elif self._otherwise is not None:
            await self._otherwise(scope, receive, send)
        elif scope["type"] == "http":
            await _send(send, NOT_FOUND)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, *, path: str) -> BffAnswer:
        """Answer once the body is here: a large one is read when it is known for whom.

        Until a body is read nothing has been done, so the second attempt is as good.
        """
        body = _Body(receive)
        await body.receive(FIRST_BYTES)
        request = _neutral(scope, path=path, read=body.read)
        while True:
            try:
                return await self._work(request)
            except BodyAwaited as awaited:
                await body.receive(awaited.limit)

    async def _work(self, request: BffRequest) -> BffAnswer:
        """Answer in a thread: one of those for live answers where that may be one.

        Some servers send no header of a stream before its first event.
        """
        if not request.asks_for_events:
            return await anyio.to_thread.run_sync(
                self._bff.answer, request, limiter=self._limiter
            )
        if self._is_full():
            return BUSY
        self._live += 1
        try:
            return await anyio.to_thread.run_sync(
                self._bff.answer, request, limiter=self._streams
            )
        finally:
            self._live -= 1

    async def _pass_on(
        self, answer: BffAnswer, stream: BodyStream, *, receive: Receive, send: Send
    ) -> None:
        """Send a body as it comes, until its end or until the page is gone."""
        try:
            if stream.live and self._is_full():
                await _send(send, BUSY.adding(*answer.cookies))
                return
            self._live += stream.live
            try:
                await self._send_stream(answer, stream, receive=receive, send=send)
            finally:
                self._live -= stream.live
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(stream.close, limiter=self._limiter)

    async def _send_stream(
        self, answer: BffAnswer, stream: BodyStream, *, receive: Receive, send: Send
    ) -> None:
        """Send it piece by piece; raises Unreachable for a body that stays unwhole."""
        pieces, broken = iter(stream), None
        limiter = self._streams if stream.live else self._long
        send = partial(_send_in_time, send)
        await _begin(send, answer)
        async with anyio.create_task_group() as group:
            group.start_soon(partial(_watch, receive, stream, scope=group.cancel_scope))
            try:
                while piece := await anyio.to_thread.run_sync(
                    next, pieces, b"", limiter=limiter
                ):
                    body = {"type": "http.response.body", "body": piece}
                    await send({**body, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            except Unreachable as error:
                gone = group.cancel_scope.cancel_called
                broken = None if gone else error
            group.cancel_scope.cancel()
        if broken:
            raise broken  # the server breaks the connection off

    def _is_full(self) -> bool:
        return self._live >= self._streams.total_tokens

    def _path(self, scope: Scope) -> str | None:
        """Return the path after the prefix, wherever the app is mounted."""
        path, root = scope["path"], scope.get("root_path", "")
        prefix = self._bff.settings.prefix
        for whole in (path, path.removeprefix(root), root + path):
            if whole.startswith(f"{prefix}/"):
                return str(whole.removeprefix(prefix))
        return None


class _Body:
    """The body of a request. The loop receives it; a thread finds it here, or not."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = bytearray()
        self._more = True
        self._failed: Refused | None = None

    async def receive(self, limit: int) -> None:
        """Wait until it is whole, or larger than ``limit``, or for too long."""
        try:
            with anyio.fail_after(BODY_SECONDS):
                while self._more and len(self._received) <= limit:
                    self._take(await self._receive())
        except TimeoutError:
            self._fail(Refused(408, "body_too_slow"))

    def read(self, limit: int) -> bytes:
        """Return it; BodyAwaited where it is not whole."""
        if self._failed:
            raise self._failed
        if len(self._received) > limit:
            raise BodyTooLarge
        if self._more:
            raise BodyAwaited(limit)
        return bytes(self._received)

    def _take(self, message: Message) -> None:
        if message["type"] == "http.disconnect":
            self._fail(Refused(400, "body_incomplete"))
        else:
            self._received += message.get("body", b"")
            self._more = message.get("more_body", False)

    def _fail(self, refused: Refused) -> None:
        self._failed, self._more = refused, False


def _neutral(scope: Scope, *, path: str, read: Callable[[int], bytes]) -> BffRequest:
    raw = scope.get("raw_path")
    return BffRequest(
        method=scope["method"],
        path=path,
        raw_path=raw.decode("latin-1").partition("?")[0] if raw else None,
        query=scope["query_string"].decode("latin-1"),
        headers=[
            (k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]
        ],
        read=read,
    )


async def _send(send: Send, answer: BffAnswer) -> None:
    if answer.status not in (204, 304):
        answer = answer.adding(("Content-Length", str(len(answer.body))))
    await _begin(send, answer)
    await send({"type": "http.response.body", "body": answer.body})


async def _begin(send: Send, answer: BffAnswer) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers
    ]
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": headers}
    )


async def _send_in_time(send: Send, message: Message) -> None:
    """Send a piece; Unreachable where the page, which holds up an API, takes none."""
    await anyio.lowlevel.checkpoint_if_cancelled()  # a thread's wait is no such point
    try:
        with anyio.fail_after(PAGE_SECONDS):
            await send(message)
    except TimeoutError as error:
        raise Unreachable("the page stopped reading") from error


async def _watch(
    receive: Receive, stream: BodyStream, *, scope: anyio.CancelScope
) -> None:
    """Stop when the page is gone, the thread that waits for a piece as well."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.stop()
    scope.cancel()


async def _live(receive: Receive, send: Send) -> None:
    """Say that there is nothing to start and nothing to stop."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
