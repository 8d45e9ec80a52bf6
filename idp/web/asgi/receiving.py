"""Requests as an ASGI server hands them over, read whole before anybody works on them.

A body costs no thread while it is under way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter
from typing import Any

from idp.web.machine.reading import UnreadableBody

Scope = Mapping[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

DROPPED_BYTES = 4 * 1024 * 1024
ONCE_ONLY = "host"  # given twice, nobody can tell which one was meant


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How long a body may be under way, and how many bytes it may have.

    ``most_bytes`` is asked of the head of a request that has a body.
    """

    seconds: float
    most_bytes: Callable[["Received"], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Received:
    """A request, and why its body is missing if it could not be read.

    ``arrived`` is when it was there as a whole, by ``perf_counter``.
    """

    scope: Scope
    headers: Mapping[str, str]
    body: bytes = b""
    unreadable: UnreadableBody | None = None
    arrived: float = field(default_factory=perf_counter)


class Gone(Exception):
    """The caller left before it had sent all of its request."""


async def receive_request(
    scope: Scope, receive: Receive, *, limits: BodyLimits
) -> Received:
    """Return a request that was read whole. Raises Gone."""
    headers = _read_headers(scope)
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return Received(scope, headers)  # it has no body (RFC 9112 §6.3)
    try:
        body = await _read_body(receive, Received(scope, headers), limits=limits)
    except UnreadableBody as error:
        return Received(scope, headers, unreadable=error)
    return Received(scope, headers, body)


def _read_headers(scope: Scope) -> dict[str, str]:
    """Return the headers by their lower-case names; one given twice is a list.

    A name with an underscore is left out: for WSGI it would pass for another.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue
        headers[name] = (
            _joined(name, [headers[name], value]) if name in headers else value
        )
    return headers


async def _read_body(receive: Receive, head: Received, *, limits: BodyLimits) -> bytes:
    """Return the body. Raises UnreadableBody, or Gone.

    Of one that is too long some more is read and dropped: most callers send all they
    have before they look for an answer.
    """
    limit = await limits.most_bytes(head)
    announced = int(head.headers.get("content-length", 0))
    if announced > (limit if "expect" in head.headers else DROPPED_BYTES):
        raise UnreadableBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        async with asyncio.timeout(limits.seconds):
            body, length = await _read_to_end(receive, limit=limit)
    except TimeoutError as late:
        raise UnreadableBody(HTTPStatus.REQUEST_TIMEOUT) from late
    if length > limit:
        raise UnreadableBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body


async def _read_to_end(receive: Receive, *, limit: int) -> tuple[bytes, int]:
    """Return what is received up to a limit, and the length of all that was read."""
    body, length, more = b"", 0, True
    while more and length <= DROPPED_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        length += len(part)
        if length <= limit:
            body += part
        more = message.get("more_body", False)
    return body, length


def _joined(name: str, values: Sequence[str]) -> str:
    """Return values of one header as one (RFC 9110 §5.2, RFC 9113 §8.2.3)."""
    if name == ONCE_ONLY:
        return ""
    return ("; " if name == "cookie" else ",").join(values)
