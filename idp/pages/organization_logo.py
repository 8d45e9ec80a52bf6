"""The logo of the organization in which somebody signs in."""

from collections.abc import Callable
from dataclasses import replace

from idp.core.pictures.addresses import own_picture_path
from idp.oauth.clients.branding.files import Brand
from idp.organizations.models import Organization


def wearing(
    brand: Brand | None, find: Callable[[], Organization | None]
) -> Brand | None:
    """Return an app's branding, with an organization's logo if it has none itself."""
    if brand is None or brand.logo_url:
        return brand
    organization = find()
    if organization is None or not organization.in_use:
        return brand
    logo = own_picture_path(organization.logo_uri)
    return replace(brand, logo_url=logo, logo_of=organization.name)
