"""Logos as they come: from a link, or as a file."""

from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.pictures.bitmaps import PictureRefused
from idp.core.pictures.logos import Logo, read_logo
from idp.organizations.access import Actor, require
from idp.organizations.errors import InvalidOrganization
from idp.organizations.logos.stored import declared_logo
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.security.outbound.client import Outbound
from idp.security.outbound.pictures import fetch_logo
from idp.security.ratelimit.budgets import OWN_LOGO

LOGO_URI = "logo_uri"


class LinkedLogoUnavailable(InvalidOrganization):
    """A link without a logo; all else may be fine. Nothing was written yet."""


def fetch_new_logo(
    organization: Organization, uri: str | None, *, by: str | None
) -> Logo | None:
    """Return the logo at a link that an organization does not have, None for none.

    ``by`` is the user who has it fetched, None for programs and the operator of the
    machine.
    """
    if uri in (organization.logo_uri, declared_logo(organization)):
        return None
    return fetch_linked_logo(uri, of=organization.id if by else None)


def fetch_linked_logo(uri: str | None, *, of: str | None) -> Logo | None:
    """Return the logo at a link, None where there is no link.

    ``of`` is for whom it is fetched, None for operators. Nothing may have been written
    yet: it waits for a server, which has to have a public address. Raises
    LinkedLogoUnavailable and RateLimited.
    """
    if uri is None:
        return None
    if of is not None:
        OWN_LOGO.meter(of).count()
    try:
        return fetch_logo(uri, outbound=current(Outbound))
    except PictureRefused as refusal:
        raise LinkedLogoUnavailable(_mistakes_in(refusal)) from refusal


def read_sent_logo(upload: bytes, organization: Organization, *, actor: Actor) -> Logo:
    """Return the logo in a file that was sent, for who may change the organization.

    It is counted before its pixels are decoded. Raises InvalidOrganization and
    RateLimited, and what ``access.require`` does.
    """
    require(organization, Right.UPDATE, actor=actor)
    if actor.user_id:
        OWN_LOGO.meter(organization.id).count()
    try:
        return read_logo(upload)
    except PictureRefused as refusal:
        raise InvalidOrganization(_mistakes_in(refusal)) from refusal


def _mistakes_in(refusal: PictureRefused) -> list[FieldError]:
    """Return a refused picture as mistakes of its field."""
    return [FieldError(LOGO_URI, "invalid", e.message) for e in refusal.errors]
