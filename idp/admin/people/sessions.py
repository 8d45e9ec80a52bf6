"""/admin/users/<id>/sessions: the browsers that a person is signed in with."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.accounts.sessions.list import list_devices
from idp.admin.people.frame import operator, person, person_page
from idp.web.callers import access

bp = Blueprint("person_sessions", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.SESSIONS_READ, write=Permission.SESSIONS_END)


@bp.get("/<segment:user_id>/sessions")
def show_sessions(user_id: str) -> Response:
    """List the sessions that are live."""
    user = person(user_id)
    mine = operator().session_id
    return person_page(
        "admin/people/sessions.html",
        user,
        devices=list_devices(user.id, current_session_id=mine),
    )
