"""Where an outgoing request goes: the URL taken apart, its host resolved once."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from idp.security.outbound.wire import Deadline

MAX_URL_CHARACTERS = 2048
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class HostPort:
    """A host, or one address of it, and a port."""

    host: str
    port: int


Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Target:
    """A URL taken apart, and the addresses that were checked for it."""

    parts: SplitResult
    host: str
    port: int
    addresses: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The request target (RFC 9112 §3.2.1)."""
        query = f"?{self.parts.query}" if self.parts.query else ""
        return (self.parts.path or "/") + query


def take_apart(url: str) -> Target | None:
    """Return the parts of an absolute http(s) URL; None for anything unusual.

    Printable ASCII only, because URL parsers drop tabs and line ends unseen. Host names
    of other scripts come in their ASCII form (RFC 5890 §2.3.2.1).
    """
    usable = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>')
    if not usable or len(url) > MAX_URL_CHARACTERS:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not host or host.endswith("."):
        return None
    if "@" in parts.netloc or "#" in url or "%" in host or port == 0:
        return None
    return Target(parts, host, port or PORTS[parts.scheme])


def place_of(url: str) -> HostPort | None:
    """Return where a URL leads, None for one that leads nowhere."""
    target = take_apart(url)
    return HostPort(target.host, target.port) if target else None


def host_of(url: str) -> str:
    """Return what a log may show of a URL that was not accepted."""
    try:
        return (urlsplit(url).hostname or "")[:255]
    except ValueError:
        return ""


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the machine knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(
    resolver: Resolver, where: HostPort, *, deadline: Deadline
) -> Sequence[str]:
    """Resolve in a thread that can be left behind: the system's call has no timeout."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError]
    answers = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(where.host, where.port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def first_open(
    addresses: Sequence[str], port: int, *, deadline: Deadline
) -> socket.socket:
    """Return a TCP connection; each address gets its share of the time left.

    Raises OSError. They are addresses and no names, which would be resolved again.
    """
    waiting = len(addresses)
    for address in addresses[:-1]:
        try:
            return _open_to(address, port, timeout_seconds=deadline.left() / waiting)
        except OSError:
            waiting -= 1
    return _open_to(addresses[-1], port, timeout_seconds=deadline.left())


def _open_to(address: str, port: int, *, timeout_seconds: float) -> socket.socket:
    """Connect to an address."""
    return socket.create_connection((address, port), timeout=timeout_seconds)
