"""/admin/users/<id>/security: by what a person signs in."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.accounts.factors.credentials import credentials_of
from idp.admin.people.frame import person, person_page
from idp.web.callers import access

bp = Blueprint("person_security", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_READ, write=Permission.USERS_UPDATE)


@bp.get("/<segment:user_id>/security")
def show_security(user_id: str) -> Response:
    """Show the ways to sign in."""
    user = person(user_id)
    return person_page(
        "admin/people/security.html",
        user,
        credentials=credentials_of(user),
    )
