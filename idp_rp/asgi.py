"""The backend for frontend as an ASGI app, for Starlette, FastAPI and all others."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import anyio
import anyio.from_thread
import anyio.to_thread

from idp_rp.bff import Bff
from idp_rp.messages import BffAnswer, BffRequest, BodyTooLarge, Refused

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
BODY_SECONDS: Final = 30
NOT_FOUND: Final = BffAnswer(status=404, headers=[("Content-Type", "text/plain")])


class BffApp:
    """Answers below the prefix of ``bff``; ``otherwise`` has all the rest.

    Wrap an app in it, or mount it at the prefix. Each request is worked on in a thread:
    the loop never waits for the issuer, an API or the store.
    """

    def __init__(self, bff: Bff, *, otherwise: AsgiApp | None = None) -> None:
        self._bff = bff
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection (ASGI 3)."""
        path = self._path(scope) if scope["type"] == "http" else None
        if path is not None:
            request = _neutral(scope, receive, path=path)
            answer = await anyio.to_thread.run_sync(self._bff.answer, request)
            await _send(send, answer)
        elif self._otherwise is not None:
            await self._otherwise(scope, receive, send)
        elif scope["type"] == "http":
            await _send(send, NOT_FOUND)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    def _path(self, scope: Scope) -> str | None:
        """Return the path after the prefix, wherever the app is mounted."""
        path, root = scope["path"], scope.get("root_path", "")
        prefix = self._bff.settings.prefix
        for whole in (path, path.removeprefix(root), root + path):
            if whole.startswith(f"{prefix}/"):
                return str(whole.removeprefix(prefix))
        return None


def _neutral(scope: Scope, receive: Receive, *, path: str) -> BffRequest:
    def read(limit: int) -> bytes:
        return anyio.from_thread.run(_read, receive, limit)

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


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    try:
        with anyio.fail_after(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if message["type"] == "http.disconnect":
                    raise Refused(400, "body_incomplete")
                if len(body) > limit:
                    raise BodyTooLarge
    except TimeoutError as error:
        raise Refused(408, "body_too_slow") from error
    return bytes(body)


async def _send(send: Send, answer: BffAnswer) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers
    ]
    if answer.status not in (204, 304):
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": headers}
    )
    await send({"type": "http.response.body", "body": answer.body})


async def _live(receive: Receive, send: Send) -> None:
    """Say that there is nothing to start and nothing to stop."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
