"""Lists on pages of operators: what their address says, and where they go on."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from idp.core.paging import Page
from idp.web.json.paging import PageQuery

PAGE_SIZE = 25
LONGEST_CURSOR = 1000


def asked_text(name: str, *, longest: int = 200) -> str:
    """Return what the address says to look for.

    PostgreSQL takes no NUL; what stands for it here is in no row either.
    """
    text = request.args.get(name, "").replace("\0", "\ufffd")
    return text.strip()[:longest]


def asked_page() -> PageQuery:
    """Return which page of a list is asked for."""
    cursor = request.args.get("cursor", "")[:LONGEST_CURSOR] or None
    return PageQuery(limit=PAGE_SIZE, cursor=cursor)


def url_with(here: str, filters: Mapping[str, str]) -> str:
    """Return the address of a list with its filters."""
    return f"{here}?{urlencode(filters)}" if filters else here


def page_urls(
    here: str, found: Page[Any], *, asked: PageQuery, filters: Mapping[str, str] = {}
) -> dict[str, Any]:
    """Return where a list goes on and back, and its beginning if this is not it."""

    def url_at(cursor: str | None) -> str | None:
        return url_with(here, {**filters, "cursor": cursor}) if cursor else None

    beyond = asked.cursor and not found.items  # what was here has gone meanwhile
    return {
        "next_url": url_at(found.next_cursor),
        "previous_url": url_at(found.previous_cursor),
        "first_url": url_with(here, filters)
        if found.previous_cursor or beyond
        else None,
    }
