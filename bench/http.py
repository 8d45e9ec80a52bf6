"""HTTP/1.1 over kept-alive sockets: many conversations at once in one thread.

An operation is a generator that yields requests and is sent replies, so one loop over a
selector drives any number of them and costs little beside the server it measures.
"""

import re
import selectors
import socket
from base64 import b64encode
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=\r]+)=([^;\r]*)([^\r]*)", re.IGNORECASE)
COOKIE_PATH = re.compile(rb"; *path=([^;]+)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"

Address = tuple[str, int]


class Unexpected(Exception):
    """An answer that makes the measurement worthless."""


@dataclass(frozen=True)
class Reply:
    """One response: its head as received, and its body."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.head[9:12])

    @property
    def location(self) -> str:
        """The target of a redirect, empty when there is none."""
        found = LOCATION.search(self.head)
        return found[1].decode() if found else ""

    def expect(self, *statuses: int) -> "Reply":
        """Return this reply if its status is one of these; else stop everything."""
        if self.status not in statuses:
            raise Unexpected((self.head + HEAD_END + self.body[:2000]).decode())
        return self


Operation = Generator[bytes, Reply, None]
Start = Callable[[], Operation]


@dataclass
class Visitor:
    """Builds the requests of one browser or program; keeps cookies by name and path."""

    host: str
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str] = {}) -> bytes:
        """Return a GET request."""
        return self.request("GET", path, headers=headers)

    def post(
        self, path: str, form: Mapping[str, str], *, headers: Mapping[str, str] = {}
    ) -> bytes:
        """Return a POST request with a form."""
        body = urlencode(form).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, headers={**kind, **headers}, body=body)

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> bytes:
        """Return the bytes of one request."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if cookies := self.cookies_for(path):
            lines.append(f"Cookie: {cookies}")
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + HEAD_END + body

    def cookies_for(self, path: str) -> str:
        """Return the Cookie header of a request to a path, empty when there is none."""
        return "; ".join(
            f"{name}={value}"
            for (name, below), value in self.cookies.items()
            if path.startswith(below)
        )

    def keep_cookies(self, reply: Reply) -> None:
        """Take the cookies of a reply; an empty value removes one."""
        for name, value, attributes in COOKIE.findall(reply.head):
            path = COOKIE_PATH.search(attributes)
            key = (name.decode(), path[1].decode() if path else "/")
            self.cookies.pop(key, None)
            if value:
                self.cookies[key] = value.decode()


def basic(user: str, password: str) -> dict[str, str]:
    """Return the Authorization header of HTTP Basic."""
    return {
        "Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()
    }


class Conversation:
    """One connection that runs operations, one after the other."""

    def __init__(self, address: Address, start: Start) -> None:
        self.socket = socket.create_connection(address, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.start = start
        self.received = b""

    def begin(self) -> None:
        """Send the first request of a new operation."""
        self.began = perf_counter()
        self.operation = self.start()
        self.socket.sendall(next(self.operation))

    def go_on(self) -> bool:
        """Read what has arrived; True when the operation is over."""
        arrived = self.socket.recv(65536)
        if not arrived:
            raise Unexpected("the server closed the connection")
        self.received += arrived
        reply = self.take_reply()
        if reply is None:
            return False
        try:
            self.socket.sendall(self.operation.send(reply))
        except StopIteration:
            return True
        return False

    def take_reply(self) -> Reply | None:
        """Return the reply at the start of what was received, None if incomplete."""
        head, end, rest = self.received.partition(HEAD_END)
        if not end:
            return None
        length = LENGTH.search(head)
        if length is None:
            raise Unexpected(f"no Content-Length: {head!r}")
        if len(rest) < int(length[1]):
            return None
        self.received = rest[int(length[1]) :]
        return Reply(head, rest[: int(length[1])])

    def run_once(self) -> None:
        """Run one operation to its end and hang up."""
        self.begin()
        while not self.go_on():
            pass
        self.socket.close()


@dataclass
class Load:
    """Seconds that each operation took; ``in_time`` of them ended in the time given."""

    taken: list[float] = field(default_factory=list)
    in_time: int = 0


def run_for(seconds: float, conversations: Sequence[Conversation]) -> Load:
    """Run operations on all connections for so long.

    Every operation that began is finished, so none is cut off in the middle.
    """
    selector = selectors.DefaultSelector()
    load = Load()
    until = perf_counter() + seconds
    for one in conversations:
        selector.register(one.socket, selectors.EVENT_READ, one)
        one.begin()
    while selector.get_map():
        for key, _ in selector.select():
            one = key.data
            if not one.go_on():
                continue
            now = perf_counter()
            load.taken.append(now - one.began)
            if now < until:
                load.in_time += 1
                one.begin()
            else:
                selector.unregister(one.socket)
    selector.close()
    return load
