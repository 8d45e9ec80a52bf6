"""/admin/users/<id>/apps: the apps that a person uses."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.people.frame import person, person_page
from idp.oauth.authorization.connected_apps import list_apps
from idp.web.callers import access

bp = Blueprint("person_apps", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_READ, write=Permission.SESSIONS_END)


@bp.get("/<segment:user_id>/apps")
def show_apps(user_id: str) -> Response:
    """List the apps, the last used first."""
    user = person(user_id)
    return person_page("admin/people/apps.html", user, apps=list_apps(user.id))
