"""/admin/users/<id>/activity: what a person did, and what was done to them."""

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_page, page_urls
from idp.admin.pages.logs.page import shown_row
from idp.admin.people.frame import person, person_page
from idp.administration.audit_search import addresses_in, search_audit_of
from idp.web.callers import access

bp = Blueprint("person_activity", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.AUDIT_READ, write=Permission.AUDIT_READ)


@bp.get("/<segment:user_id>/activity")
def show_activity(user_id: str) -> Response:
    """List the rows of the audit log, the newest first."""
    user, query = person(user_id), asked_page()
    found = search_audit_of(user.id, query)
    addresses = addresses_in(found.items)
    here = url_for(".show_activity", user_id=user.id)
    return person_page(
        "admin/people/activity.html",
        user,
        rows=[shown_row(row, addresses) for row in found.items],
        **page_urls(here, found, asked=query),
    )
