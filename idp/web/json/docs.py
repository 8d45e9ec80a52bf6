"""What programs and people read about the account API: /openapi.json, /docs/api."""

import json
from functools import cached_property
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_babel import gettext

from idp.core.context import current, provide
from idp.core.randomness import digest
from idp.core.settings.server import ServerSettings
from idp.web.json.body import JSON
from idp.web.json.docs_oauth import oauth_operations
from idp.web.json.docs_view import Docs, DocsPage, docs_of
from idp.web.json.openapi import Json, openapi_document
from idp.web.pages import page
from idp.web.redirects import redirect_to

CACHE = "public, max-age=300"
PATH = "/docs/api"
FIRST = """TOKEN=$(curl -s "{issuer}/auth/login" \\
  -H 'Content-Type: application/json' \\
  -d '{{"login": "'"$LOGIN"'", "password": "'"$PASSWORD"'"}}' \\
  | sed -n 's/.*"access_token": *"\\([^"]*\\)".*/\\1/p')"""
SECOND = """curl "{issuer}/auth/me" \\
  -H "Authorization: Bearer $TOKEN\""""
OAUTH = "OAuth 2.0, OpenID Connect"

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
    def docs(self) -> Docs:
        """The document as a person reads it."""
        return docs_of(self.tree)


@bp.get("/openapi.json")
def openapi() -> Response:
    """Serve the document; 304 to those who have it."""
    document = current(ApiDocument)
    headers = {"Cache-Control": CACHE, "ETag": f'"{document.etag}"'}
    if request.if_none_match.contains_weak(document.etag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(document.text, headers=headers, mimetype=JSON)


@bp.get(PATH)
def api_docs() -> Response:
    """Show what holds for every call, and lead to the operations."""
    document = current(ApiDocument)
    issuer = current(ServerSettings).issuer
    return _docs_page(
        "docs/overview.html",
        oauth=OAUTH,
        pages=document.docs.pages,
        first=FIRST.format(issuer=issuer),
        second=SECOND.format(issuer=issuer),
    )


@bp.get(f"{PATH}/oauth")
def oauth_docs() -> Response:
    """Show the endpoints of OAuth and OpenID Connect."""
    shown = oauth_operations(current(ServerSettings).issuer)
    part = DocsPage("OAuth 2.0 and OpenID Connect", "oauth", shown)
    return _docs_page("docs/api.html", shown=part)


@bp.get(f"{PATH}/<slug>")
def part_of_docs(slug: str) -> Response:
    """Show the operations under one heading; one that is no more leads to all."""
    found = current(ApiDocument).docs.find(slug)
    if found is None:
        return redirect_to(PATH)
    return _docs_page("docs/api.html", shown=found)


def init_app(app: Flask) -> None:
    """Register the two addresses."""
    provide(app, ApiDocument(app))
    app.register_blueprint(bp)


def _docs_page(template: str, **context: Any) -> Response:
    """Render a page in the frame of all of them."""
    document = current(ApiDocument)
    return page(
        template,
        common=document.docs.common,
        version=document.tree["info"]["version"],
        navigation=_navigation(document.docs),
        account_label=None,
        **context,
    )


def _navigation(docs: Docs) -> list[dict[str, object]]:
    """Return the menu: the frame of it in the language of the page."""
    guide = [(PATH, gettext("Overview")), (f"{PATH}/oauth", OAUTH)]
    parts: dict[str, list[tuple[str, str]]] = {}
    alone = [part for part, several in _parts(docs).items() if len(several) == 1]
    for each in docs.pages:
        heading = gettext("Account API") if each.part in alone else each.part
        parts.setdefault(heading, []).append((f"{PATH}/{each.slug}", each.label))
    groups = [("", guide), *parts.items()]
    return [
        {
            "label": label,
            "items": [
                {
                    "url": url,
                    "label": text,
                    "current": request.path == url,
                    "lang": None if url == PATH else "en",
                }
                for url, text in items
            ],
        }
        for label, items in groups
    ]


def _parts(docs: Docs) -> dict[str, list[DocsPage]]:
    """Return the pages by what they are parts of."""
    found: dict[str, list[DocsPage]] = {}
    for each in docs.pages:
        found.setdefault(each.part, []).append(each)
    return found
