"""/admin/users/<id>/groups and /roles: where a person belongs, and what they may do."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.groups.members import add_member, groups_of, remove_member
from idp.accounts.groups.registry import find_group, get_group_by_id
from idp.accounts.models import User
from idp.admin.pages.client_forms import open_form
from idp.admin.people.forms import JoinForm
from idp.admin.people.frame import operator, person, person_page
from idp.web.callers import access
from idp.web.redirects import redirect_to

bp = Blueprint("person_access", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.GROUPS_READ, write=Permission.GROUPS_WRITE)


@bp.get("/<segment:user_id>/groups")
def show_groups(user_id: str) -> Response:
    """Show both."""
    user = person(user_id)
    return _page(user, open_form(JoinForm))


@bp.post("/<segment:user_id>/groups")
def submit_group(user_id: str) -> Response:
    """Put somebody into a group by its name, or take them out of one."""
    user, form = person(user_id), JoinForm()
    leaves = form.one.data
    if leaves:
        remove_member(get_group_by_id(leaves), user.id, by=operator().user_id)
    else:
        group = find_group((form.group.data or "").strip()) if form.validate() else None
        if group is None:
            form.group.errors = [gettext("There is no group of this name.")]
            return _page(user, form)
        add_member(group, user, by=operator().user_id)
    done = "left" if leaves else "joined"
    return redirect_to(url_for(".show_groups", user_id=user.id, done=done))


def _page(user: User, form: JoinForm) -> Response:
    """Render the groups and roles."""
    return person_page(
        "admin/people/access.html",
        user,
        groups=groups_of(user.id),
        form=form,
        may_give_roles=access.may(operator(), Permission.USERS_ROLES, on=user),
    )
