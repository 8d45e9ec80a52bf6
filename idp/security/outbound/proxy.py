"""A proxy that opens tunnels for outgoing https (RFC 9110 §9.3.6)."""

import socket
from base64 import b64encode
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from urllib.parse import SplitResult, unquote, urlsplit

from idp.security.outbound.targets import HostPort, first_open
from idp.security.outbound.wire import Deadline, Wire, WireConnection

DEFAULT_PORT = 3128
MAX_ANSWER_BYTES = 16 * 1024


class ProxyRefused(ConnectionError):
    """The proxy opened no tunnel."""


@dataclass(frozen=True)
class Proxy:
    """Where the proxy is, and what proves us to it."""

    at: HostPort
    authorization: str | None = field(default=None, repr=False)


def proxy_problem(url: str) -> str | None:
    """Return why a URL names no proxy, or None; the URL may hold a password."""
    parts = _parts_of(url)
    if parts is None or not parts.hostname or parts.scheme != "http":
        return "must be a URL like http://proxy.example:3128"
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        return "must end after host and port"
    return None


def read_proxy(url: str) -> Proxy | None:
    """Return the proxy that a setting names, None for none."""
    parts = _parts_of(url)
    if parts is None or not parts.hostname:
        return None
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {b64encode(pair.encode()).decode()}"
    return Proxy(HostPort(parts.hostname, parts.port or DEFAULT_PORT), authorization)


def open_tunnel(
    proxy: Proxy, where: HostPort, *, found: Sequence[str], deadline: Deadline
) -> socket.socket:
    """Return a connection that the proxy, ``found`` at its addresses, makes for us.

    It is told an address and no name: a name it would resolve itself, to an address
    that nobody checked. Raises ProxyRefused, also for a proxy that is away.
    """
    try:
        with ExitStack() as opened:
            sock = opened.enter_context(
                first_open(found, proxy.at.port, deadline=deadline)
            )
            _ask_for(proxy, sock, target=_authority(where), deadline=deadline)
            opened.pop_all()
            return sock
    except TimeoutError:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise ProxyRefused from error


def _ask_for(
    proxy: Proxy, sock: socket.socket, *, target: str, deadline: Deadline
) -> None:
    """Have the proxy connect a socket to a target; raises for any answer but 200."""
    headers = {"Host": target, "User-Agent": "idp"}
    if proxy.authorization:
        headers["Proxy-Authorization"] = proxy.authorization
    wire = Wire(sock, deadline, limit=MAX_ANSWER_BYTES)
    connection = WireConnection(proxy.at.host, proxy.at.port, wire=wire)
    connection.request("CONNECT", target, headers=headers)
    if connection.getresponse().status != HTTPStatus.OK:
        raise ProxyRefused


def _authority(where: HostPort) -> str:
    """Return an address with its port (RFC 9112 §3.2.3)."""
    host = f"[{where.host}]" if ":" in where.host else where.host
    return f"{host}:{where.port}"


def _parts_of(url: str) -> SplitResult | None:
    """Return the parts of a URL with a port that can be one, None otherwise."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts
