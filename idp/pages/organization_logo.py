"""The logo of the organization in which somebody signs in."""

from collections.abc import Callable
from dataclasses import replace

from idp.core.pictures.addresses import own_picture_path
from idp.oauth.clients.branding.files import Brand
from idp.organizations.memberships import roles_in
from idp.organizations.models import Organization
from idp.web.browser.session import current_session


def wearing(
    brand: Brand | None, find: Callable[[], Organization | None]
) -> Brand | None:
    """Return an app's branding, with an organization's logo if it has none itself.

    A link can name any organization, and anybody can make one: its picture stands at a
    sign-in once an operator has approved it, else for its members alone.
    """
    if brand is None or brand.logo_url:
        return brand
    organization = find()
    if organization is None or not (organization.in_use and _is_known(organization)):
        return brand
    logo = own_picture_path(organization.logo_uri)
    return replace(brand, logo_url=logo, logo_of=organization.name)


def _is_known(organization: Organization) -> bool:
    """Tell whether an operator knows an organization, or who is signed in belongs."""
    if organization.approved_at is not None:
        return True
    live = current_session()
    return live is not None and bool(roles_in(organization, live.user_id))
