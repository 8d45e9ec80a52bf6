"""/admin/users/<id>: who a person is here."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.accounts.activity import last_sign_ins
from idp.accounts.groups.members import group_names
from idp.accounts.terms.acceptance import list_acceptances
from idp.admin.people.acts import offered_acts
from idp.admin.people.frame import operator, person, person_page
from idp.web.callers import access
from idp.web.user_fields.words import attributes_in_words

bp = Blueprint("person", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_READ, write=Permission.USERS_UPDATE)


@bp.get("/<segment:user_id>")
def show_person(user_id: str) -> Response:
    """Show who it is, and what can be done about them."""
    user = person(user_id)
    return person_page(
        "admin/people/overview.html",
        user,
        attributes=attributes_in_words(user),
        groups=group_names(user.id),
        accepted=list_acceptances(user.id),
        acts=offered_acts(user),
        may_edit=access.may(operator(), Permission.USERS_UPDATE, on=user),
        seen_at=last_sign_ins([user.id]).get(user.id),
    )
