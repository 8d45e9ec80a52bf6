"""The only HTTP client of the server: what others name, fetched without harm.

Clients give us URLs (``jwks_uri``, ``backchannel_logout_uri``, ``logo_uri``). A request
to one must not reach this machine or its network, follow a redirect there, take long or
fill the memory (security.md §8, OpenID Connect Registration §9.1).
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlencode

from idp.core.context import about_to_wait
from idp.core.settings.declared import setting
from idp.security.outbound.public_addresses import is_loopback, is_public
from idp.security.outbound.targets import (
    Resolver,
    Target,
    host_of,
    resolve,
    system_resolver,
    take_apart,
)
from idp.security.outbound.wire import Deadline, TooMuch, Wire, WireConnection

DEADLINE_SECONDS = 3.0
MAX_BODY_BYTES = 256 * 1024
MAX_HEADER_BYTES = 32 * 1024
MAX_ADDRESSES = 4
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class OutboundSettings:
    """What outgoing requests may reach."""

    allow_loopback_fetch: bool = setting(
        False,
        doc="Let requests to URLs that clients name reach this machine, and by http "
        "(development only).",
    )


@dataclass(frozen=True)
class Fetched:
    """An answer of any status, redirects included; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Blocked:
    """A URL that is never requested; the caller records ``ssrf.blocked``.

    ``reason`` is ``url`` or ``address``; ``host`` is for the audit log.
    """

    reason: str
    host: str


@dataclass(frozen=True)
class Failed:
    """A request that had no usable answer; trying again later may help.

    ``reason`` is ``dns``, ``connection``, ``tls``, ``timeout``, ``too_large`` or
    ``protocol``.
    """

    reason: str
    host: str


@dataclass(frozen=True)
class Request:
    """What is sent: a GET, or a POST when there is a form."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None


class Outbound:
    """Sends requests to checked addresses; one for the app."""

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolver: Resolver = system_resolver,
        trust: ssl.SSLContext | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.allow_loopback = allow_loopback
        self.resolver = resolver
        self.deadline_seconds = deadline_seconds
        self._trust = trust

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """The certificate authorities to believe; read at first use."""
        return self._trust or ssl.create_default_context()

    def within(self, seconds: float) -> "Outbound":
        """Return a client like this one with another deadline."""
        return Outbound(
            allow_loopback=self.allow_loopback,
            resolver=self.resolver,
            trust=self.trust,
            deadline_seconds=seconds,
        )

    def get(self, url: str, *, accept: str = "*/*") -> Fetched | Blocked | Failed:
        """Fetch a URL; a redirect is an answer like any other."""
        return self.send(Request(url, {"Accept": accept}))

    def post_form(
        self, url: str, form: Mapping[str, str]
    ) -> Fetched | Blocked | Failed:
        """Post form fields to a URL."""
        return self.send(Request(url, {"Content-Type": FORM}, form))

    def check(self, url: str) -> Blocked | Failed | None:
        """Say why ``url`` could not be requested now, for use at registration."""
        target = self.locate(url, Deadline(self.deadline_seconds))
        return None if isinstance(target, Target) else target

    def send(self, request: Request) -> Fetched | Blocked | Failed:
        """Resolve once, check every address, connect to a checked one, exchange."""
        deadline = Deadline(self.deadline_seconds)
        target = self.locate(request.url, deadline)
        if not isinstance(target, Target):
            return target
        try:
            with self.connect(target, deadline) as sock:
                limit = MAX_BODY_BYTES + MAX_HEADER_BYTES
                return _exchange(
                    request, target, wire=Wire(sock, deadline, limit=limit)
                )
        except (OSError, HTTPException, ValueError) as error:
            return Failed(_reason_of(error), target.host)

    def locate(self, url: str, deadline: Deadline) -> Target | Blocked | Failed:
        """Return where to connect to, when the URL and all its addresses are fine."""
        about_to_wait()
        target = take_apart(url)
        if target is None or (
            target.parts.scheme == "http" and not self.allow_loopback
        ):
            return Blocked("url", host_of(url))
        try:
            addresses = resolve(self.resolver, target, deadline=deadline)
        except TimeoutError:
            return Failed("timeout", target.host)
        except (OSError, UnicodeError):
            return Failed("dns", target.host)
        if not addresses or not all(self.permits(target, a) for a in addresses):
            return Blocked("address", target.host)
        checked = tuple(addresses[:MAX_ADDRESSES])
        return Target(target.parts, target.host, target.port, checked)

    def permits(self, target: Target, address: str) -> bool:
        """Tell whether an address may be connected to; plain http only loopback."""
        if self.allow_loopback and is_loopback(address):
            return True
        return target.parts.scheme == "https" and is_public(address)

    def connect(self, target: Target, deadline: Deadline) -> socket.socket:
        """Return a connection to the first address that answers, TLS included."""
        sock = _first_open(target, deadline)
        if target.parts.scheme == "http":
            return sock
        sock.settimeout(deadline.left())
        try:
            return self.trust.wrap_socket(sock, server_hostname=target.host)
        except (OSError, ValueError):
            sock.close()
            raise


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (TooMuch, "too_large"),
    (OSError, "connection"),
    (Exception, "protocol"),
)


def _first_open(target: Target, deadline: Deadline) -> socket.socket:
    """Return a TCP connection; each address gets its share of the time left."""
    waiting = len(target.addresses)
    for address in target.addresses[:-1]:
        try:
            return _open_to(
                address, target.port, timeout_seconds=deadline.left() / waiting
            )
        except OSError:
            waiting -= 1
    return _open_to(target.addresses[-1], target.port, timeout_seconds=deadline.left())


def _open_to(address: str, port: int, *, timeout_seconds: float) -> socket.socket:
    """Connect to an address; never to a name, which would be resolved again."""
    return socket.create_connection((address, port), timeout=timeout_seconds)


def _exchange(request: Request, target: Target, *, wire: Wire) -> Fetched | Failed:
    """Send the request, read the answer, within the wire's deadline and size."""
    connection = WireConnection(target.parts.netloc, target.port, wire=wire)
    headers = {
        **request.headers,
        "Host": target.parts.netloc,
        "User-Agent": "idp",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    method = "GET" if request.form is None else "POST"
    body = None if request.form is None else urlencode(request.form).encode()
    connection.request(method, target.path, body, headers)
    return _read_answer(connection.getresponse(), target)


def _read_answer(response: HTTPResponse, target: Target) -> Fetched | Failed:
    """Read the whole body; refuse one that is compressed, since we asked for none."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    if headers.get("content-encoding", "identity").lower() != "identity":
        return Failed("protocol", target.host)
    body = response.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        return Failed("too_large", target.host)
    if response.length:  # bytes that were announced and never came
        return Failed("protocol", target.host)
    return Fetched(response.status, headers, body)


def _reason_of(error: Exception) -> str:
    """Return the word for what went wrong; the first kind that fits, in this order."""
    return next(reason for kind, reason in REASONS if isinstance(error, kind))
