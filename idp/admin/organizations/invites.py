"""/admin/orgs/{id}/invites: who is asked to become a member, by operators too."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.organizations.pages import FACE, ONE, PATH
from idp.web.callers import access
from idp.web.organizations.invites_page import act_on_invites_page, invites_page

bp = Blueprint("admin_organization_invites", __name__, url_prefix=PATH)
access.protect(bp, read=Permission.INVITES, write=Permission.INVITES)


@bp.get(f"{ONE}/invites")
def show_invites(organization_id: str) -> Response:
    """Show who is invited."""
    return invites_page(FACE, organization_id)


@bp.post(f"{ONE}/invites")
def submit_invites(organization_id: str) -> Response:
    """Invite, send again or withdraw."""
    return act_on_invites_page(FACE, organization_id)
