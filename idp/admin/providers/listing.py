"""/admin/providers: who else signs people in, in the order of their buttons."""

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.federation.providers.cache import list_providers
from idp.federation.providers.links import count_all_links
from idp.federation.providers.provider import Provider
from idp.federation.providers.registry import order_providers
from idp.organizations.registry import find_organization
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

bp = Blueprint("providers", __name__, url_prefix="/admin/providers")
access.protect(bp, read=Permission.PROVIDERS_READ, write=Permission.PROVIDERS_WRITE)


@bp.get("")
def show_providers() -> Response:
    """List all of them: there are few."""
    linked, listed = count_all_links(), list_providers()
    return admin_page(
        "admin/providers/list.html",
        providers=[
            {
                "url": url_for("provider_settings.show_provider", provider_id=each.id),
                "id": each.id,
                "name": each.name,
                "domains": each.domains,
                "enforced": each.enforced,
                "organization": _owner_of(each),
                "linked": linked.get(each.id, 0),
                "disabled": each.disabled,
            }
            for each in listed
        ],
        form=open_form(PageForm),
        moved="moved" in request.args,
        deleted="deleted" in request.args,
    )


@bp.post("/order")
def submit_order() -> Response:
    """Move a button before the one above it."""
    ids = [each.id for each in list_providers()]
    moved = request.form.get("up", "")
    if moved in ids[1:]:
        place = ids.index(moved)
        ids[place - 1 : place + 1] = [moved, ids[place - 1]]
        order_providers(ids, by=get_session().user_id)
    return redirect_to(url_for(".show_providers", moved=1))


def _owner_of(provider: Provider) -> str | None:
    """Return the name of the organization that a provider is of."""
    if provider.organization_id is None:
        return None
    found = find_organization(provider.organization_id)
    return found.name if found else None
