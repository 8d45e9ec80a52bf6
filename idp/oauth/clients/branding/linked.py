"""Logos that clients register by their address (RFC 7591 §2): copied when they change.

Our pages show pictures of this server alone: whoever serves one would learn who signs
in where. One that was uploaded comes first.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.pictures.bitmaps import PictureRefused
from idp.core.pictures.logos import Logo
from idp.oauth.clients.branding.files import LINKED_LOGO
from idp.oauth.clients.branding.rows import add_logo, drop_unused_logos
from idp.oauth.clients.metadata import values
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.models import Client
from idp.security.outbound.client import Outbound
from idp.security.outbound.pictures import fetch_logo

LOGO_URI = "logo_uri"


class LogoUnavailable(InvalidClientMetadata):
    """An address without a logo; all else may be fine. Nothing was written yet."""

    status = HTTPStatus.BAD_REQUEST
    title = "The logo cannot be used."


def fetch_linked_logo(
    metadata: Mapping[str, Any], *, registered: Mapping[str, Any]
) -> Logo | None:
    """Return the logo at ``logo_uri``, None where that is as it is ``registered``.

    Nothing may have been written yet: it waits for a server. Raises
    LogoUnavailable; what is no address is left for the check of all members.
    """
    uri = metadata.get(LOGO_URI)
    if not uri or uri == registered.get(LOGO_URI) or values.page(uri):
        return None
    try:
        return fetch_logo(uri, outbound=current(Outbound).for_operators())
    except PictureRefused as refusal:
        code = InvalidClientMetadata.code
        raise LogoUnavailable(
            [FieldError(LOGO_URI, code, error.message) for error in refusal.errors]
        ) from refusal


def keep_linked_logo(client: Client, logo: Logo | None) -> None:
    """Store what was fetched; a copy goes with the address that it came from."""
    branding = dict(client.branding or {})
    if logo is not None:
        branding[LINKED_LOGO] = add_logo(client.client_id, logo)
    elif not client.registered.get(LOGO_URI):
        branding.pop(LINKED_LOGO, None)
    if branding != (client.branding or {}):
        client.branding = branding or None
        drop_unused_logos(client)
