"""Pictures that are served from here, and what clients wear on our own pages."""

from http import HTTPStatus

from flask import Blueprint, Response, abort

from idp.accounts.profile.stored_pictures import find_user_picture
from idp.core.branding.instance import find_instance_logo
from idp.core.branding.sheets import find_sheet
from idp.core.pictures.names import media_type
from idp.oauth.clients.branding.served import BrandFile, find_file
from idp.organizations.logos.stored import find_organization_logo
from idp.web.pages import ONE_YEAR

bp = Blueprint("brand", __name__)

FINDERS = (find_user_picture, find_organization_logo, find_instance_logo)

# An SVG opened by itself must not run or load anything.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/branding/<name>")
def show_sheet(name: str) -> Response:
    """Serve the stylesheet of a colour of the server."""
    found = find_sheet(name)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    sheet, current = found
    return _answer(BrandFile(sheet, "text/css; charset=utf-8", current=current))


@bp.get("/brand/<segment:client_id>.<name>")
def show_brand_file(client_id: str, name: str) -> Response:
    """Serve a file; under the name of its content it never changes."""
    found = find_file(client_id, name)
    return _answer(found) if found else abort(HTTPStatus.NOT_FOUND)


@bp.get("/pictures/<name>")
def show_picture(name: str) -> Response:
    """Serve a picture of a user, or a logo of an organization or of the server."""
    found = (find(name) for find in FINDERS)
    content = next((each for each in found if each is not None), None)
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
