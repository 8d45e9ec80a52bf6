"""Documents that anyone may read and keep for a while: discovery and keys.

Clients read them more often than anything else, and there is nothing to decide: while a
document is ready it is answered before Flask begins. Flask has the same routes for the
rest: other methods, other hosts, keys that have to be read from the database.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Flask, Response, request
from flask.blueprints import BlueprintSetupState

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.discovery import ServerMetadata
from idp.oauth.keys.jwks import Document
from idp.oauth.keys.signer import Signer

bp = Blueprint("documents", __name__)
answer_in_oauth(bp)

DISCOVERY = "/.well-known/openid-configuration"
METADATA = "/.well-known/oauth-authorization-server"
JWKS = "/.well-known/jwks.json"
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Max-Age": "600",
}
HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "public, max-age=300"),
    ("Access-Control-Allow-Origin", "*"),
]


@bp.route(DISCOVERY, provide_automatic_options=False)
@bp.route(METADATA, provide_automatic_options=False)
def metadata() -> Response:
    """Answer what this server can do (OIDC Discovery 1.0 §4, RFC 8414 §3)."""
    return _in_flask(current(ServerMetadata).document)


@bp.route(JWKS, provide_automatic_options=False)
def jwks() -> Response:
    """Answer the public keys: current, next, and old ones still needed (RFC 7517)."""
    return _in_flask(current(Signer).jwks())


@bp.route(DISCOVERY, methods=["OPTIONS"], provide_automatic_options=False)
@bp.route(METADATA, methods=["OPTIONS"], provide_automatic_options=False)
@bp.route(JWKS, methods=["OPTIONS"], provide_automatic_options=False)
def preflight() -> Response:
    """Let scripts of any page read the documents, whatever headers they send along."""
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    response.headers.update(PREFLIGHT)
    return response


class ReadyDocuments:
    """The WSGI layer that answers a plain GET at the issuer's own host."""

    def __init__(
        self,
        app: Callable[..., Any],
        documents: Mapping[str, Callable[[], Document | None]],
        *,
        host: str,
    ) -> None:
        self._app = app
        self._documents = documents
        self._host = host

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a document, or leave the request to Flask."""
        document = self._asked(environ)
        if document is None:
            passed_on: Iterable[bytes] = self._app(environ, start_response)
            return passed_on
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        status, headers, body = _answer(document, known)
        start_response(status, headers)
        return [body]

    def _asked(self, environ: dict[str, Any]) -> Document | None:
        ready = self._documents.get(environ["PATH_INFO"])
        if ready is None or environ["REQUEST_METHOD"] != "GET":
            return None
        return ready() if environ.get("HTTP_HOST") == self._host else None


@bp.record_once
def put_in_front(state: BlueprintSetupState) -> None:
    """Put the layer before Flask."""
    app = cast("Flask", state.app)
    held = app.extensions["idp"]
    described, signer = held[ServerMetadata], held[Signer]
    app.wsgi_app = ReadyDocuments(  # type: ignore[method-assign]
        app.wsgi_app,
        {
            DISCOVERY: lambda: described.document,
            METADATA: lambda: described.document,
            JWKS: signer.ready_jwks,
        },
        host=held[ServerSettings].issuer_host,
    )


def _in_flask(document: Document) -> Response:
    """Return the answer as Flask's."""
    status, headers, body = _answer(document, request.headers.get("If-None-Match", ""))
    return Response(body, status, headers)


def _answer(document: Document, known: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, headers and body: 304 when ``known`` has the document's tag."""
    headers = [*HEADERS, ("ETag", document.etag)]
    if document.etag in known or known == "*":
        return "304 Not Modified", headers, b""
    length = ("Content-Length", str(len(document.body)))
    return "200 OK", [*headers, length], document.body
