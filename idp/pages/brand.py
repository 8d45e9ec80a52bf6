"""Pictures that are served from here, and what clients wear on our own pages."""

from http import HTTPStatus

from flask import Blueprint, Response, abort

from idp.accounts.profile.stored_pictures import find_user_picture
from idp.core.pictures.names import media_type
from idp.oauth.clients.branding.served import BrandFile, find_file
from idp.organizations.logos.stored import find_organization_logo
from idp.web.pages import ONE_YEAR

bp = Blueprint("brand", __name__)

# An SVG opened by itself must not run or load anything.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/brand/<segment:client_id>.<name>")
def show_brand_file(client_id: str, name: str) -> Response:
    """Serve a file; under the name of its content it never changes."""
    found = find_file(client_id, name)
    return _answer(found) if found else abort(HTTPStatus.NOT_FOUND)


@bp.get("/pictures/<name>")
def show_picture(name: str) -> Response:
    """Serve a picture of a user, or the logo of an organization."""
    content = find_user_picture(name) or find_organization_logo(name)
    if content is None:
        abort(HTTPStatus.NOT_FOUND)
    return _answer(BrandFile(content, media_type(name), current=True))


def _answer(found: BrandFile) -> Response:
    """Return the file, for ever if its name is current."""
    response = Response(found.content, content_type=found.media_type)
    kept = f"public, max-age={ONE_YEAR}, immutable"
    response.headers["Cache-Control"] = kept if found.current else "no-cache"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
