"""Long lists in pages: where one page ended is an opaque, signed cursor.

A list goes by the position of its last item (keyset paging), so rows that come or go
meanwhile repeat and hide nothing. The rule asks for ``request.limit + 1`` rows after
``request.after(of)`` and hands them to ``page_of``.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from idp.core.context import current
from idp.core.sealing import Keyring

T = TypeVar("T")
PURPOSE = "cursor"

Position = tuple[str, ...]


class ForeignCursor(ValueError):
    """A cursor that was not made for this list."""


class PageRequest(Protocol):
    """Which page of a list is asked for."""

    @property
    def limit(self) -> int:
        """How many items the page has at most."""

    def after(self, of: str) -> Position | None:
        """Return the position after which this page begins; None for the first.

        ``of`` names the list with all its filters, like ``activity:<user id>``: a
        cursor of another list is refused.
        """


@dataclass(frozen=True)
class FirstItems:
    """The first so many items of a list."""

    limit: int

    def after(self, _of: str) -> Position | None:
        """Return None: it begins at the beginning."""
        return None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, and the cursor of what comes after them."""

    items: list[T]
    next_cursor: str | None


def page_of(
    rows: Sequence[T],
    request: PageRequest,
    *,
    of: str,
    position: Callable[[T], Position],
) -> Page[T]:
    """Return the page in ``rows``, which hold one more than the limit if there is more.

    ``position`` gives the values that the list is sorted by, as text.
    """
    items = list(rows[: request.limit])
    more = len(rows) > request.limit
    cursor = make_cursor(position(items[-1]), of=of) if more else None
    return Page(items, cursor)


def make_cursor(position: Position, *, of: str) -> str:
    """Return the cursor of a position in the list ``of``."""
    text = json.dumps(position, ensure_ascii=False, separators=(",", ":"))
    packed = urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    return f"{packed}.{current(Keyring).mac(PURPOSE, f'{of} {packed}')}"


def read_cursor(cursor: str, *, of: str) -> Position:
    """Return the position in a cursor; raises ForeignCursor."""
    packed, _, mac = cursor.partition(".")
    if not current(Keyring).genuine(PURPOSE, f"{of} {packed}", presented=mac):
        raise ForeignCursor
    text = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return tuple(json.loads(text))
