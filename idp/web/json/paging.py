"""Pages of long lists on HTTP: the query, the answer, the Link header."""

from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext
from pydantic import Field

from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.paging import ForeignCursor, Page, Place, read_place
from idp.core.settings.server import ServerSettings
from idp.web.json.body import InvalidFields
from idp.web.json.models import Answer, Query

T = TypeVar("T")
MAX_LIMIT = 100
DEFAULT_LIMIT = 50


class PageQuery(Query):
    """Which page of a list; add the list's own filters in a subclass."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items a page")
    cursor: str | None = Field(
        None, max_length=1000, description="`next_cursor` of the page before"
    )

    def place(self, of: str) -> Place | None:
        """Return where this page of the list ``of`` is.

        None for the first page; a cursor of another list is refused.
        """
        if self.cursor is None:
            return None
        try:
            return read_place(self.cursor, of=of)
        except ForeignCursor:
            message = gettext("This cursor is not of this list. Begin without one.")
            error = FieldError("cursor", "invalid_cursor", message)
            raise InvalidFields([error]) from None


class PageAnswer(Answer, Generic[T]):
    """A page as JSON; ``next_cursor`` is null on the last one."""

    items: list[T]
    next_cursor: str | None


def next_link(page: Page[T]) -> dict[str, str]:
    """Return the Link header to the next page (RFC 8288 §3), or none."""
    if page.next_cursor is None:
        return {}
    values = {**request.args.to_dict(), "cursor": page.next_cursor}
    url = f"{current(ServerSettings).issuer}{request.path}?{urlencode(values)}"
    return {"Link": f'<{url}>; rel="next"'}
