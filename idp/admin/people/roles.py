"""/admin/users/<id>/roles: what a person may do here."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.access.roles import LastOwner, RoleBeyond
from idp.admin.pages.client_forms import open_form
from idp.admin.people.forms import RolesForm
from idp.admin.people.frame import operator, person, person_page
from idp.administration.user_acts import set_roles
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("person_roles", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_ROLES, write=Permission.USERS_ROLES)


@bp.get("/<segment:user_id>/roles")
def show_roles(user_id: str) -> Response:
    """Show which roles somebody has."""
    user = person(user_id)
    return _page(user_id, open_form(RolesForm, roles=list(user.roles)))


@bp.post("/<segment:user_id>/roles")
def submit_roles(user_id: str) -> Response:
    """Give exactly the roles that are ticked."""
    user, who, form = person(user_id), operator(), RolesForm()
    if not form.validate():
        return _page(user_id, form)
    try:
        set_roles(user, form.roles.data or [], who=who, held=access.held_by(who))
    except LastOwner:
        words = gettext("Make somebody else an owner first: one has to be left.")
    except RoleBeyond:
        words = gettext("You can't give a role that may do more than you.")
    else:
        return redirect_to(url_for("person.show_person", user_id=user_id, done="roles"))
    undo()
    form.roles.errors = [words]
    return _page(user_id, form)


def _page(user_id: str, form: RolesForm) -> Response:
    """Render the form."""
    return person_page("admin/people/roles.html", person(user_id), form=form)
