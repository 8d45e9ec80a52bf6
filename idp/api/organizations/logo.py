"""/api/organizations/{id}/logo: the logo as a file, served from here."""

from dataclasses import replace

from flask import Response

from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.organizations.answers import (
    OrganizationDetails,
    organization_parts,
    organization_reply,
)
from idp.core.errors import RateLimited
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES
from idp.organizations.changes import change_organization
from idp.organizations.errors import (
    InsufficientRole,
    InvalidOrganization,
    OrganizationDisabled,
    OrganizationInDeletion,
    UnknownOrganization,
)
from idp.organizations.logos.stored import uri_of_logo
from idp.organizations.logos.taken import read_sent_logo
from idp.organizations.registry import describe, hold_organization
from idp.organizations.rights import Right
from idp.web.callers.organizations import admit_change
from idp.web.http.preconditions import refuse_unseen
from idp.web.http.uploads import takes_files
from idp.web.json.routes import JsonBlueprint
from idp.web.json.uploads import LOGO_FILE

api = JsonBlueprint("organization_logo_api", __name__, tag="Organizations")

PATH = "/api/organizations/<organization_id>/logo"
REFUSALS = (
    UnknownOrganization,
    InsufficientRole,
    OrganizationDisabled,
    OrganizationInDeletion,
    ReauthenticationRequired,
)


@api.operation(
    "PUT",
    PATH,
    id="organization_logo_api_set",
    body=LOGO_FILE,
    answers={200: OrganizationDetails},
    refusals=(*REFUSALS, InvalidOrganization, RateLimited),
    etag=True,
)
@takes_files(MAX_UPLOAD_BYTES)
def put(who: Caller, *, organization_id: str, body: bytes) -> Response:
    """Set the logo from the bytes of a PNG, JPEG, WebP or SVG file of at most 2 MB."""
    return _change(who, organization_id, upload=body)


@api.operation(
    "DELETE",
    PATH,
    id="organization_logo_api_remove",
    answers={200: OrganizationDetails},
    refusals=REFUSALS,
    etag=True,
)
def delete(who: Caller, *, organization_id: str) -> Response:
    """Remove the logo, also one that was copied from a link."""
    return _change(who, organization_id, upload=None)


def _change(who: Caller, organization_id: str, *, upload: bytes | None) -> Response:
    """Give an organization the logo that was sent, or none."""
    organization, actor = admit_change(who, organization_id, right=Right.UPDATE)
    logo = None
    if upload is not None:
        logo = read_sent_logo(upload, organization, actor=actor)
    hold_organization(organization)
    refuse_unseen(organization_parts(organization))
    uri = None if logo is None else uri_of_logo(logo)
    declared = replace(describe(organization), logo_uri=uri)
    change_organization(organization, declared, actor=actor, logo=logo)
    return organization_reply(organization, user_id=who.user_id)
