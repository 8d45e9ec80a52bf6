"""Lists as JSON lines (`application/x-ndjson`), for who asks for them by `Accept`."""

from typing import Any

from flask import Response, request
from pydantic import BaseModel

from idp.web.json.body import JSON
from idp.web.json.paging import PageAnswer

NDJSON = "application/x-ndjson"


def wants_lines() -> bool:
    """Tell whether the caller likes JSON lines better than a JSON object."""
    return request.accept_mimetypes.best_match([JSON, NDJSON]) == NDJSON


def reply_lines(page: PageAnswer[Any], *, headers: dict[str, str]) -> Response:
    """Return the items of a page one a line; ``headers`` say where the next page is."""
    items: list[BaseModel] = page.items
    text = "".join(f"{item.model_dump_json()}\n" for item in items)
    return Response(text, headers=headers, content_type=NDJSON)
