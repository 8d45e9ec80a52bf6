"""The only HTTP client of the server: what others name, fetched without harm.

Clients give us URLs (``jwks_uri``, ``backchannel_logout_uri``, ``logo_uri``). A request
to one must not reach this machine or its network, follow a redirect there, take long or
fill the memory (security.md §8, OpenID Connect Registration §9.1).
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from idp.core.context import about_to_wait
from idp.security.outbound.authorities import Authorities
from idp.security.outbound.opened_networks import Network, is_opened, read_networks
from idp.security.outbound.proxy import (
    Proxy,
    ProxyRefused,
    open_tunnel,
    read_proxy,
)
from idp.security.outbound.public_addresses import is_loopback, is_public
from idp.security.outbound.reach import NOWHERE, present_reach
from idp.security.outbound.settings import OutboundSettings
from idp.security.outbound.targets import (
    HostPort,
    Resolver,
    Target,
    first_open,
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
LOCALHOST = "localhost"
FORM = "application/x-www-form-urlencoded"


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

    ``reason`` is ``dns``, ``connection``, ``proxy``, ``tls``, ``timeout``,
    ``too_large`` or ``protocol``.
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
    """Sends requests to checked addresses; one for the app.

    Only public addresses are reached, and ``for_operators`` the ``networks`` besides.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        networks: tuple[Network, ...] = (),
        proxy: Proxy | None = None,
        authorities: Path | None = None,
        resolver: Resolver = system_resolver,
        trust: ssl.SSLContext | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.allow_loopback = allow_loopback
        self.proxy = proxy
        self.resolver = resolver
        self.deadline_seconds = deadline_seconds
        self._networks = networks
        self.reach = NOWHERE
        self._authorities = Authorities(trust, authorities)

    @classmethod
    def by_settings(cls, settings: OutboundSettings) -> "Outbound":
        """Return the client that settings describe."""
        return cls(
            allow_loopback=settings.allow_loopback_fetch,
            networks=read_networks(settings.outbound_networks),
            proxy=read_proxy(settings.outbound_proxy),
            authorities=settings.outbound_ca_file,
        )

    @property
    def trust(self) -> ssl.SSLContext:
        """The client's side of TLS."""
        return self._authorities.context

    def within(self, seconds: float) -> "Outbound":
        """Return a client like this one with another deadline."""
        like = copy(self)
        like.deadline_seconds = seconds
        return like

    def for_operators(self) -> "Outbound":
        """Return a client for URLs that operators have set, and nobody else.

        It reaches the private networks too that the settings open, within
        ``public_addresses_alone`` only for the hosts that it names.
        """
        like = copy(self)
        like.reach = present_reach()
        return like

    def reaches_opened(self, where: HostPort) -> bool:
        """Tell whether a host may lie in a private network that is opened."""
        return self.reach.includes(where)

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

    def is_safe(self, target: Target) -> bool:
        """Tell whether nobody on the way reads what is sent there: by TLS, or no way.

        It goes by the URL alone, for one that is not requested now, or by a browser.
        """
        here = target.host == LOCALHOST or is_loopback(target.host)
        return target.parts.scheme == "https" or (here and self.allow_loopback)

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
        where = HostPort(target.host, target.port)
        secure = target.parts.scheme == "https"
        found = self.addresses_of(where, deadline, secure=secure)
        if not isinstance(found, tuple):
            return found
        return Target(target.parts, target.host, target.port, found)

    def addresses_of(
        self, where: HostPort, deadline: Deadline, *, secure: bool
    ) -> tuple[str, ...] | Blocked | Failed:
        """Return where a host may be connected to, when all its addresses are fine."""
        try:
            addresses = resolve(self.resolver, where, deadline=deadline)
        except TimeoutError:
            return Failed("timeout", where.host)
        except (OSError, UnicodeError):
            return Failed("dns", where.host)
        opened = self._networks if self.reaches_opened(where) else ()
        permitted = [self._permits(each, opened, secure=secure) for each in addresses]
        if not (permitted and all(permitted)):
            return Blocked("address", where.host)
        return tuple(addresses[:MAX_ADDRESSES])

    def _permits(
        self, address: str, opened: tuple[Network, ...], *, secure: bool
    ) -> bool:
        """Tell whether an address may be connected to; without TLS only loopback."""
        if self.allow_loopback and is_loopback(address):
            return True
        return secure and (is_public(address) or is_opened(address, opened))

    def connect(self, target: Target, deadline: Deadline) -> socket.socket:
        """Return a connection to the first address that answers, TLS included."""
        proxy = self.proxy if all(map(is_public, target.addresses)) else None
        if proxy is None:
            sock = first_open(target.addresses, target.port, deadline=deadline)
        else:
            sock = self._through(proxy, target, deadline=deadline)
        if target.parts.scheme == "http":
            return sock
        sock.settimeout(deadline.left())
        try:
            return self.trust.wrap_socket(sock, server_hostname=target.host)
        except (OSError, ValueError):
            sock.close()
            raise

    def _through(
        self, proxy: Proxy, target: Target, *, deadline: Deadline
    ) -> socket.socket:
        """Return a connection that the proxy makes, to one of the checked addresses."""
        found = resolve(self.resolver, proxy.at, deadline=deadline)
        *others, last = (HostPort(each, target.port) for each in target.addresses)
        for where in others:
            with suppress(ProxyRefused):
                return open_tunnel(proxy, where, found=found, deadline=deadline)
        return open_tunnel(proxy, last, found=found, deadline=deadline)


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (ProxyRefused, "proxy"),
    (TooMuch, "too_large"),
    (OSError, "connection"),
    (Exception, "protocol"),
)


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
