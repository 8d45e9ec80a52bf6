"""Long lists in pages: where one page ended is an opaque, signed cursor.

A list goes by the position of its last item (keyset paging), so rows that come or go
meanwhile repeat and hide nothing. The rule asks for the rows of ``seeking.seek``, one
more than the limit, and hands them to ``page_of``.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from idp.core.context import current
from idp.core.sealing import Keyring

T = TypeVar("T")
PURPOSE = "cursor"

Position = tuple[str, ...]


class ForeignCursor(ValueError):
    """A cursor that was not made for this list."""


@dataclass(frozen=True)
class Place:
    """Where a page is in its list: after a position, or before it (``back``)."""

    position: Position
    back: bool = False


class PageRequest(Protocol):
    """Which page of a list is asked for."""

    @property
    def limit(self) -> int:
        """How many items the page has at most."""

    def place(self, of: str) -> Place | None:
        """Return where this page is; None for the first.

        ``of`` names the list with all its filters, like ``activity:<user id>``: a
        cursor of another list is refused.
        """


@dataclass(frozen=True)
class FirstItems:
    """The first so many items of a list."""

    limit: int

    def place(self, _of: str) -> Place | None:
        """Return None: it begins at the beginning."""
        return None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, and the cursors of what comes after and before them."""

    items: list[T]
    next_cursor: str | None
    previous_cursor: str | None = None


def page_of(
    rows: Sequence[T],
    request: PageRequest,
    *,
    of: str,
    position: Callable[[T], Position],
) -> Page[T]:
    """Return the page in ``rows``, which hold one more than the limit if there is more.

    They are in the order in which they were read: a page before a position begins at
    its end. ``position`` gives the values that the list is sorted by, as text.
    """
    place, items = request.place(of), list(rows[: request.limit])
    more = len(rows) > request.limit
    back = place is not None and place.back
    if back:
        items.reverse()
    follow, precede = (True, more) if back else (more, place is not None)
    return Page(
        items,
        make_cursor(position(items[-1]), of=of) if items and follow else None,
        make_cursor(position(items[0]), of=_back_in(of)) if items and precede else None,
    )


def read_place(cursor: str, *, of: str) -> Place:
    """Return the place that a cursor of either kind names; raises ForeignCursor."""
    with suppress(ForeignCursor):
        return Place(_read_cursor(cursor, of=of))
    return Place(_read_cursor(cursor, of=_back_in(of)), back=True)


def make_cursor(position: Position, *, of: str) -> str:
    """Return the cursor of a position in the list ``of``."""
    text = json.dumps(position, ensure_ascii=False, separators=(",", ":"))
    packed = urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    return f"{packed}.{current(Keyring).mac(PURPOSE, f'{of} {packed}')}"


def _read_cursor(cursor: str, *, of: str) -> Position:
    """Return the position in a cursor; raises ForeignCursor."""
    packed, _, mac = cursor.partition(".")
    if not current(Keyring).genuine(PURPOSE, f"{of} {packed}", presented=mac):
        raise ForeignCursor
    text = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return tuple(json.loads(text))


def _back_in(of: str) -> str:
    """Return what the list ``of`` is called in cursors that lead back."""
    return f"back {of}"
