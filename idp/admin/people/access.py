"""/admin/users/<id>/groups and /roles: where a person belongs, and what they may do."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.accounts.groups.members import groups_of
from idp.admin.people.frame import person, person_page
from idp.web.callers import access

bp = Blueprint("person_access", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.GROUPS_READ, write=Permission.GROUPS_WRITE)


@bp.get("/<segment:user_id>/groups")
def show_groups(user_id: str) -> Response:
    """Show both."""
    user = person(user_id)
    return person_page("admin/people/access.html", user, groups=groups_of(user.id))
