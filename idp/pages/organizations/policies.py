"""/account/orgs/{id}/policies: what an organization asks of its people, for owners."""

from flask import Blueprint, Response

from idp.organizations.rights import Right
from idp.pages.organizations.pages import FACE, ONE, PATH
from idp.pages.organizations.providers import confirm_who_it_is
from idp.web.browser.session import login_required
from idp.web.organizations.policies_page import act_on_policies_page, policies_page

bp = Blueprint("organization_policies", __name__, url_prefix=PATH)
bp.before_request(confirm_who_it_is)


@bp.get(f"{ONE}/policies")
@login_required
def show_policies(organization_id: str) -> Response:
    """Show what is decided."""
    return policies_page(FACE, FACE.open(organization_id, Right.POLICY))


@bp.post(f"{ONE}/policies")
@login_required
def submit_policies(organization_id: str) -> Response:
    """Decide it."""
    return act_on_policies_page(FACE, organization_id)
