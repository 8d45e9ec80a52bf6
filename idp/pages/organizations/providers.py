"""/account/orgs/{id}/providers: who signs an organization's people in, for owners.

Whoever changes that says who opens accounts: it takes a proof of the last minutes, also
to see the forms, so that nothing typed is lost on the way.
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from idp.accounts.sign_in.reauthentication import is_fresh
from idp.organizations.rights import Right
from idp.pages.organizations.pages import FACE, ONE, PATH
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import current_session, login_required
from idp.web.organizations.provider_page import act_on_provider_page, provider_page
from idp.web.organizations.providers_page import act_on_providers_page, providers_page

bp = Blueprint("organization_providers", __name__, url_prefix=PATH)
PROVIDER = f"{ONE}/providers/<segment:provider_id>"


@bp.before_request
def confirm_who_it_is() -> ResponseReturnValue | None:
    """Ask who comes here to prove who they are."""
    live = current_session()
    if live is None or is_fresh(live):
        return None
    return confirm_first(live, request.path)


@bp.get(f"{ONE}/providers")
@login_required
def show_providers(organization_id: str) -> Response:
    """List them."""
    return providers_page(FACE, FACE.open(organization_id, Right.PROVIDERS))


@bp.post(f"{ONE}/providers")
@login_required
def submit_providers(organization_id: str) -> Response:
    """Add one."""
    return act_on_providers_page(FACE, FACE.open(organization_id, Right.PROVIDERS))


@bp.get(PROVIDER)
@login_required
def show_provider(organization_id: str, provider_id: str) -> Response:
    """Show one, and what is to be registered there."""
    opened = FACE.open(organization_id, Right.PROVIDERS)
    return provider_page(FACE, opened, provider_id=provider_id)


@bp.post(PROVIDER)
@login_required
def submit_provider(organization_id: str, provider_id: str) -> Response:
    """Change it, test it, turn it off or on, or delete it."""
    opened = FACE.open(organization_id, Right.PROVIDERS)
    return act_on_provider_page(FACE, opened, provider_id=provider_id)
