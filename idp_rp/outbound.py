"""Requests to the issuer and to APIs: no redirects, no cookies, bounded."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

MAX_ANSWER_BYTES: Final = 1_000_000
CONNECT_SECONDS: Final = 5


class Unreachable(Exception):
    """No usable answer: down, too slow, too large, or no JSON."""


class IssuerAnswer:
    """A status and a JSON object; an empty one where it is anything else."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body


def bare_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a client that keeps no cookies: one user's must not go with another's.

    The environment's proxies and .netrc count for nothing.
    """
    nowhere = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        cookies=nowhere,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=50),
    )


@contextmanager
def streaming(
    client: httpx.Client, request: httpx.Request, *, seconds: float
) -> Iterator[httpx.Response]:
    """Send a request; what goes wrong on the way is Unreachable."""
    connect = min(CONNECT_SECONDS, seconds)
    timeout = httpx.Timeout(seconds, connect=connect, pool=connect)
    request.extensions["timeout"] = timeout.as_dict()
    try:
        response = client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def hang_up(response: httpx.Response) -> None:
    """Have whoever waits for more of an answer that is still open wait no longer.

    Closing would not wake that thread, and TLS cannot be spoken by two: the connection
    below is shut down.
    """
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream else None
    if connection is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


def ask(
    client: httpx.Client, request: httpx.Request, *, seconds: float
) -> IssuerAnswer:
    """Send a request to the issuer and read the JSON of its answer."""
    deadline = time.monotonic() + seconds
    request.headers["Accept"] = "application/json"
    request.headers["Accept-Encoding"] = "identity"
    with streaming(client, request, seconds=seconds) as response:
        raw = _read_raw(response, limit=MAX_ANSWER_BYTES, deadline=deadline)
    try:
        found = json.loads(raw)
    except ValueError:
        found = {}
    return IssuerAnswer(response.status_code, found if isinstance(found, dict) else {})


def _read_raw(response: httpx.Response, *, limit: int, deadline: float) -> bytes:
    """Return the body as it was sent, of at most ``limit`` bytes, in time."""
    received = bytearray()
    for piece in response.iter_raw():
        received += piece
        if len(received) > limit:
            raise Unreachable("the answer is too large")
        if time.monotonic() > deadline:
            raise Unreachable("the answer took too long")
    return bytes(received)
