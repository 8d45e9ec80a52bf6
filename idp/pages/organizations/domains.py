"""/account/orgs/{id}/domains: which domains are an organization's own, for owners."""

from flask import Blueprint, Response

from idp.pages.organizations.pages import FACE, ONE, PATH
from idp.web.browser.session import login_required
from idp.web.organizations.domain_page import act_on_domain_page, domain_page
from idp.web.organizations.domains_page import act_on_domains_page, domains_page

bp = Blueprint("organization_domains", __name__, url_prefix=PATH)
DOMAIN = f"{ONE}/domains/<domain>"


@bp.get(f"{ONE}/domains")
@login_required
def show_domains(organization_id: str) -> Response:
    """List them."""
    return domains_page(FACE, organization_id)


@bp.post(f"{ONE}/domains")
@login_required
def submit_domains(organization_id: str) -> Response:
    """Name one more."""
    return act_on_domains_page(FACE, organization_id)


@bp.get(DOMAIN)
@login_required
def show_domain(organization_id: str, domain: str) -> Response:
    """Show one, and what proves it."""
    return domain_page(FACE, organization_id, domain=domain)


@bp.post(DOMAIN)
@login_required
def submit_domain(organization_id: str, domain: str) -> Response:
    """Prove it, change what it is good for, or give it up."""
    return act_on_domain_page(FACE, organization_id, domain=domain)
