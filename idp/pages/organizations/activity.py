"""/account/orgs/{id}/activity: what was done in an organization, for owners."""

from flask import Blueprint, Response

from idp.pages.organizations.pages import FACE, ONE, PATH
from idp.web.browser.session import login_required
from idp.web.organizations.activity_page import activity_page

bp = Blueprint("organization_activity", __name__, url_prefix=PATH)


@bp.get(f"{ONE}/activity")
@login_required
def show_organization_activity(organization_id: str) -> Response:
    """List it, the newest first."""
    return activity_page(FACE, organization_id)
