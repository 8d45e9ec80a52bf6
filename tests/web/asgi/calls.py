"""Requests to the app as an ASGI server hands them over."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from idp.web.asgi.front import AsyncFront

HOST = (b"host", b"idp.example")
FORM = (b"content-type", b"application/x-www-form-urlencoded")


@dataclass
class Call:
    """One request, and what was answered."""

    path: str
    method: str = "POST"
    headers: Sequence[tuple[bytes, bytes]] = (HOST, FORM)
    parts: Sequence[bytes | None] = (b"",)  # None: nothing more ever comes
    query: bytes = b""
    gone: bool = False
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def scope(self) -> dict[str, Any]:
        """The request without its body; one with a body says that it has one."""
        announced = any(name == b"content-length" for name, _ in self.headers)
        whole = announced or self.method == "GET"
        chunked = [] if whole else [(b"transfer-encoding", b"chunked")]
        return {
            "type": "http",
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "server": ("idp.example", 443),
            "client": ("203.0.113.5", 1),
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "headers": [*self.headers, *chunked],
        }

    async def made(self, front: AsyncFront) -> None:
        """Make the request."""
        parts = list(self.parts)

        async def receive() -> dict[str, Any]:
            part = parts.pop(0)
            if part is None:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: dict[str, Any]) -> None:
            if self.gone:
                raise RuntimeError("the handler is closed")
            self.sent.append(message)

        await front(self.scope, receive, send)

    @property
    def status(self) -> int:
        """The status that was answered."""
        return self.sent[0]["status"]

    @property
    def answer_headers(self) -> dict[str, str]:
        """The headers that were answered."""
        return {k.decode().lower(): v.decode() for k, v in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        """The body that was answered."""
        return self.sent[1]["body"]

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        with suppress(ValueError):
            return json.loads(self.body)
        return None


def token_request(**form: str) -> Call:
    """Return a request to the token endpoint."""
    return Call("/oauth2/token", parts=[urlencode(form).encode()])


def refresh_request(client: Any, token: str) -> Call:
    """Return a public client's refresh."""
    return token_request(
        grant_type="refresh_token", client_id=client.client_id, refresh_token=token
    )
