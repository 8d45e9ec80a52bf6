"""What programs and people read about the account API: /openapi.json, /docs/api."""

import json
from functools import cached_property
from http import HTTPStatus

from flask import Blueprint, Flask, Response, request

from idp.core.context import current, provide
from idp.core.randomness import digest
from idp.web.json.body import JSON
from idp.web.json.docs_view import OperationGroup, groups_of
from idp.web.json.openapi import Json, openapi_document
from idp.web.pages import page

CACHE = "public, max-age=300"

bp = Blueprint("docs", __name__)


class ApiDocument:
    """The document of one app, made at first use."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def tree(self) -> Json:
        """The document as Python values."""
        return openapi_document(self._app)

    @cached_property
    def text(self) -> str:
        """The document as JSON."""
        return json.dumps(self.tree, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def etag(self) -> str:
        """What changes whenever the document does."""
        return digest(self.text)[:20]

    @cached_property
    def groups(self) -> list[OperationGroup]:
        """The document as a person reads it."""
        return groups_of(self.tree)


@bp.get("/openapi.json")
def openapi() -> Response:
    """Serve the document; 304 to those who have it."""
    document = current(ApiDocument)
    headers = {"Cache-Control": CACHE, "ETag": f'"{document.etag}"'}
    if request.if_none_match.contains_weak(document.etag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(document.text, headers=headers, mimetype=JSON)


@bp.get("/docs/api")
def api_docs() -> Response:
    """Show the document as a page."""
    document = current(ApiDocument)
    return page(
        "docs/api.html",
        groups=document.groups,
        version=document.tree["info"]["version"],
        navigation=[],
        account_label=None,
    )


def init_app(app: Flask) -> None:
    """Register the two addresses."""
    provide(app, ApiDocument(app))
    app.register_blueprint(bp)
