"""/brand: the stylesheets and logos of clients, for our own pages."""

from http import HTTPStatus

from flask import Blueprint, Response, abort

from idp.oauth.clients.branding.served import BrandFile, find_file
from idp.web.pages import ONE_YEAR

bp = Blueprint("brand", __name__)

# An SVG opened by itself must not run or load anything.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/brand/<segment:client_id>.<name>")
def show_brand_file(client_id: str, name: str) -> Response:
    """Serve a file; under the name of its content it never changes."""
    found = find_file(client_id, name)
    return _answer(found) if found else abort(HTTPStatus.NOT_FOUND)


def _answer(found: BrandFile) -> Response:
    """Return the file, for ever if its name is current."""
    response = Response(found.content, content_type=found.media_type)
    kept = f"public, max-age={ONE_YEAR}, immutable"
    response.headers["Cache-Control"] = kept if found.current else "no-cache"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
