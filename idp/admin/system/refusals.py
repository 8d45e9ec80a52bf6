"""/admin/refusals: why a request was refused, by its reference."""

from http import HTTPStatus

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_text
from idp.admin.pages.frame import admin_page
from idp.security.refusals.looking import LONGEST_REFERENCE, find_refusal_record
from idp.web.callers import access

bp = Blueprint("refusals", __name__, url_prefix="/admin/refusals")
access.protect(bp, read=Permission.AUDIT_READ, write=Permission.AUDIT_READ)


@bp.get("")
def show_refusal() -> Response:
    """Say what was refused, what was received and expected, and the fix."""
    reference = asked_text("reference", longest=LONGEST_REFERENCE)
    found = find_refusal_record(reference) if reference else None
    gone = bool(reference) and found is None
    return admin_page(
        "admin/system/refusal.html",
        status=HTTPStatus.NOT_FOUND if gone else HTTPStatus.OK,
        asked=reference,
        refusal=found,
    )
