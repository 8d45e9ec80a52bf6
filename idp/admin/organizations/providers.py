"""/admin/orgs/{id}/providers: by whom an organization's own people sign in."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.organizations.pages import FACE, ONE, PATH
from idp.organizations.rights import Right
from idp.web.callers import access
from idp.web.organizations.provider_page import act_on_provider_page, provider_page
from idp.web.organizations.providers_page import act_on_providers_page, providers_page

bp = Blueprint("admin_organization_providers", __name__, url_prefix=PATH)
access.protect(bp, read=Permission.ORGANIZATIONS_READ, write=Permission.PROVIDERS_WRITE)
PROVIDER = f"{ONE}/providers/<segment:provider_id>"


@bp.get(f"{ONE}/providers")
def show_providers(organization_id: str) -> Response:
    """List them."""
    return providers_page(FACE, FACE.open(organization_id, Right.SETUP))


@bp.post(f"{ONE}/providers")
def submit_providers(organization_id: str) -> Response:
    """Add one."""
    return act_on_providers_page(FACE, FACE.open(organization_id, Right.PROVIDERS))


@bp.get(PROVIDER)
def show_provider(organization_id: str, provider_id: str) -> Response:
    """Show one, and what is to be registered there."""
    opened = FACE.open(organization_id, Right.SETUP)
    return provider_page(FACE, opened, provider_id=provider_id)


@bp.post(PROVIDER)
def submit_provider(organization_id: str, provider_id: str) -> Response:
    """Change it, test it, turn it off or on, or delete it."""
    opened = FACE.open(organization_id, Right.PROVIDERS)
    return act_on_provider_page(FACE, opened, provider_id=provider_id)
