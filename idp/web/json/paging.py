"""Long lists in pages: where one page ended is an opaque, signed cursor.

A list goes by the position of its last item (keyset paging), so rows that come or go
meanwhile repeat and hide nothing. The rule asks for ``query.limit + 1`` rows after
``query.after(of)`` and hands them to ``page_of``.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext
from pydantic import Field

from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.sealing import Keyring
from idp.core.server_settings import ServerSettings
from idp.web.json.body import InvalidFields
from idp.web.json.models import Answer, Query

T = TypeVar("T")
PURPOSE = "cursor"
MAX_LIMIT = 100
DEFAULT_LIMIT = 50

Position = tuple[str, ...]


class PageQuery(Query):
    """Which page of a list; add the list's own filters in a subclass."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items a page")
    cursor: str | None = Field(
        None, max_length=1000, description="`next_cursor` of the page before"
    )

    def after(self, of: str) -> Position | None:
        """Return the position after which this page begins; None for the first.

        ``of`` names the list with all its filters, like ``activity:<user id>``: a
        cursor of another list is refused.
        """
        return None if self.cursor is None else _read_cursor(self.cursor, of=of)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items, and the cursor of what comes after them."""

    items: list[T]
    next_cursor: str | None


class PageAnswer(Answer, Generic[T]):
    """A page as JSON; ``next_cursor`` is null on the last one."""

    items: list[T]
    next_cursor: str | None


def page_of(
    rows: Sequence[T],
    query: PageQuery,
    *,
    of: str,
    position: Callable[[T], Position],
) -> Page[T]:
    """Return the page in ``rows``, which hold one more than the limit if there is more.

    ``position`` gives the values that the list is sorted by, as text.
    """
    items = list(rows[: query.limit])
    more = len(rows) > query.limit
    cursor = make_cursor(position(items[-1]), of=of) if more else None
    return Page(items, cursor)


def make_cursor(position: Position, *, of: str) -> str:
    """Return the cursor of a position in the list ``of``."""
    text = json.dumps(position, ensure_ascii=False, separators=(",", ":"))
    packed = urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    return f"{packed}.{current(Keyring).mac(PURPOSE, f'{of} {packed}')}"


def next_link(page: Page[T]) -> dict[str, str]:
    """Return the Link header to the next page (RFC 8288 §3), or none."""
    if page.next_cursor is None:
        return {}
    values = {**request.args.to_dict(), "cursor": page.next_cursor}
    url = f"{current(ServerSettings).issuer}{request.path}?{urlencode(values)}"
    return {"Link": f'<{url}>; rel="next"'}


def _read_cursor(cursor: str, *, of: str) -> Position:
    """Return the position in a cursor; InvalidFields when it was not made for this."""
    packed, _, mac = cursor.partition(".")
    if not current(Keyring).genuine(PURPOSE, f"{of} {packed}", presented=mac):
        message = gettext("This cursor is not of this list. Begin without one.")
        raise InvalidFields([FieldError("cursor", "invalid_cursor", message)])
    text = urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return tuple(json.loads(text))
