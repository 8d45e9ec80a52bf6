"""/admin/users/<id>/sessions: the browsers that a person is signed in with."""

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.sessions.everybody import find_live
from idp.accounts.sessions.list import NoSuchSession, list_devices
from idp.admin.people.forms import OneForm
from idp.admin.people.frame import operator, person, person_page
from idp.administration import user_acts
from idp.web.callers import access
from idp.web.redirects import redirect_to

bp = Blueprint("person_sessions", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.SESSIONS_READ, write=Permission.SESSIONS_END)


@bp.get("/<segment:user_id>/sessions")
def show_sessions(user_id: str) -> Response:
    """List the sessions that are live."""
    user = person(user_id)
    ends = access.may(operator(), Permission.SESSIONS_END, on=user)
    mine = operator().session_id
    return person_page(
        "admin/people/sessions.html",
        user,
        devices=list_devices(user.id, current_session_id=mine),
        form=OneForm(formdata=None),
        may_end=ends,
    )


@bp.post("/<segment:user_id>/sessions")
def submit_session(user_id: str) -> Response:
    """End one of them."""
    user, who = person(user_id), operator()
    access.require(who, Permission.SESSIONS_END, on=user)
    session_id = OneForm().one.data or ""
    if find_live(session_id).user_id != user.id:
        raise NoSuchSession
    user_acts.end_session(user, session_id, who=who)
    return redirect_to(url_for(".show_sessions", user_id=user.id, done="session"))
