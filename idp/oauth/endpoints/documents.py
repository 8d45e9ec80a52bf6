"""Documents that anyone may read and keep for a while: discovery and keys."""

from flask import Blueprint, Response, request

from idp.core.context import current
from idp.oauth.discovery import ServerMetadata
from idp.oauth.errors import answer_in_oauth
from idp.oauth.keys.jwks import Document
from idp.oauth.keys.signer import Signer

bp = Blueprint("documents", __name__)
answer_in_oauth(bp)

HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
}


@bp.get("/.well-known/openid-configuration")
@bp.get("/.well-known/oauth-authorization-server")
def metadata() -> Response:
    """Answer what this server can do (OIDC Discovery 1.0 §4, RFC 8414 §3)."""
    return answer(current(ServerMetadata).document)


@bp.get("/.well-known/jwks.json")
def jwks() -> Response:
    """Answer the public keys: current, next, and old ones still needed (RFC 7517)."""
    return answer(current(Signer).jwks())


def answer(document: Document) -> Response:
    """Return the prebuilt document, or 304 when the caller has it already.

    The tag is compared here: Werkzeug's own way costs more than the rest of the answer.
    """
    known = request.headers.get("If-None-Match", "")
    if document.etag in known or known == "*":
        response = Response(status=304, headers=HEADERS)
    else:
        response = Response(document.body, headers=HEADERS)
    response.headers["ETag"] = document.etag
    return response
