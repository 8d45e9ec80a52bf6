"""/admin/users/<id>/apps: the apps and scripts that act for a person."""

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.people.forms import OneForm
from idp.admin.people.frame import operator, person, person_page
from idp.administration import user_acts
from idp.oauth.authorization.connected_apps import list_apps
from idp.oauth.personal_tokens.registry import list_tokens
from idp.web.callers import access
from idp.web.redirects import redirect_to

bp = Blueprint("person_apps", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_READ, write=Permission.SESSIONS_END)


@bp.get("/<segment:user_id>/apps")
def show_apps(user_id: str) -> Response:
    """List the apps, the last used first, and the personal access tokens."""
    user = person(user_id)
    return person_page(
        "admin/people/apps.html",
        user,
        apps=list_apps(user.id),
        tokens=list_tokens(user.id),
        form=OneForm(formdata=None),
        may_end=access.may(operator(), Permission.SESSIONS_END, on=user),
    )


@bp.post("/<segment:user_id>/apps")
def submit_app(user_id: str) -> Response:
    """Take the access of one app away, and what was allowed to it."""
    user, who = person(user_id), operator()
    access.require(who, Permission.SESSIONS_END, on=user)
    user_acts.remove_app(user, OneForm().one.data or "", who=who)
    return redirect_to(url_for(".show_apps", user_id=user.id, done="app"))


@bp.post("/<segment:user_id>/tokens")
def submit_token(user_id: str) -> Response:
    """Revoke one personal access token."""
    user, who = person(user_id), operator()
    access.require(who, Permission.SESSIONS_END, on=user)
    user_acts.revoke_token(user, OneForm().one.data or "", who=who)
    return redirect_to(url_for(".show_apps", user_id=user.id, done="token"))
