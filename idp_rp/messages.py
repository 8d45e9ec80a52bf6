"""A request and its answer, as no framework has them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Protocol, Self
from urllib.parse import parse_qsl

Headers = list[tuple[str, str]]
EVENTS: Final = "text/event-stream"


class BodyTooLarge(Exception):
    """The body is larger than the reader allows."""


class Refused(Exception):
    """The answer is no; ``error`` is a code of RFC 6749 or one of ours."""

    def __init__(self, status: int, error: str, *, why: str = "") -> None:
        super().__init__(f"{error}: {why}")
        self.status = status
        self.error = error
        self.why = why


@dataclass(frozen=True, kw_only=True)
class BffRequest:
    """A request below the prefix.

    ``path`` is decoded and begins after the prefix; ``raw_path`` is the whole path as
    it was sent, where the server tells it. ``read`` gives the body up to so many bytes
    and raises BodyTooLarge; it is called at most once, before anything has an effect:
    what else it raises passes through, and the request may be answered anew.
    """

    method: str
    path: str
    raw_path: str | None
    query: str
    headers: Headers
    read: Callable[[int], bytes]

    def header(self, name: str) -> str | None:
        """Return a header's value; None where it is missing or stands there twice."""
        found = [value for key, value in self.headers if key.lower() == name]
        return found[0] if len(found) == 1 else None

    @property
    def asks_for_events(self) -> bool:
        """Tell whether the page wants to hear of what happens, whenever it does."""
        asked = [value for key, value in self.headers if key.lower() == "accept"]
        return any(EVENTS in value.lower() for value in asked)

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """The cookies; one that came with two values counts as none.

        A sibling host can plant a second one beside ours (RFC 6265 §8.6).
        """
        pairs: dict[str, str] = {}
        twice: set[str] = set()
        for key, header in self.headers:
            for part in header.split(";") if key.lower() == "cookie" else ():
                name, _, value = part.strip().partition("=")
                if pairs.setdefault(name, value) != value:
                    twice.add(name)
        return {name: value for name, value in pairs.items() if name not in twice}

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The query's parameters; a repeated one is refused (RFC 6749 §3.1)."""
        return _once_each(self.query)

    def form(self, limit: int) -> Mapping[str, str]:
        """Return the body's parameters, urlencoded."""
        try:
            text = self.read(limit).decode("ascii")
        except UnicodeDecodeError as error:
            raise Refused(400, "invalid_request", why="The form is broken.") from error
        return _once_each(text)


class BodyStream(Protocol):
    """A body that is still coming; whoever has one closes it.

    Each piece is waited for, of a ``live`` one for as long as nothing happens. An
    exception of ``idp_rp.outbound`` says that the body will never be whole.
    """

    @property
    def live(self) -> bool:
        """Tell whether it is written as things happen."""

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces, once."""

    def stop(self) -> None:
        """Have whoever reads it come to its end at once; any thread may."""

    def close(self) -> None:
        """End it, also before its end; its reader's thread does."""


@dataclass(frozen=True, kw_only=True)
class BffAnswer:
    """What goes back to the browser: ``stream``, where there is one, is its body."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    stream: BodyStream | None = None

    @property
    def cookies(self) -> Headers:
        """The headers that set cookies: a browser needs them whatever else it gets."""
        return [pair for pair in self.headers if pair[0].lower() == "set-cookie"]

    def adding(self, *headers: tuple[str, str]) -> Self:
        """Return the same with more headers."""
        return replace(self, headers=[*self.headers, *headers])


def json_answer(value: object, *, status: int = 200) -> BffAnswer:
    """Return an answer in JSON."""
    body = json.dumps(value).encode()
    headers = [("Content-Type", "application/json"), *_PRIVATE]
    return BffAnswer(status=status, headers=headers, body=body)


def redirect_answer(location: str) -> BffAnswer:
    """Send the browser elsewhere, by GET."""
    return BffAnswer(status=303, headers=[("Location", location), *_PRIVATE])


def page_answer(html: str, *, status: int) -> BffAnswer:
    """Return a page that runs and loads nothing."""
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        *_PRIVATE,
    ]
    return BffAnswer(status=status, headers=headers, body=html.encode())


_PRIVATE = [
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
]


def _once_each(text: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        why = "There are too many parameters."
        raise Refused(400, "invalid_request", why=why) from error
    if len(dict(pairs)) != len(pairs):
        raise Refused(400, "invalid_request", why="A parameter is repeated.")
    return dict(pairs)
