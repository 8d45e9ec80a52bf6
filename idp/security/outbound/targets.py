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


def resolve(resolver: Resolver, target: Target, *, deadline: Deadline) -> Sequence[str]:
    """Resolve in a thread that can be left behind: the system's call has no timeout."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError]
    answers = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(target.host, target.port))
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
