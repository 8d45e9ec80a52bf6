"""/api/admin/branding: what the server is called and how it looks."""

from dataclasses import asdict, replace
from functools import partial

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration.branding.changes import (
    InvalidBranding,
    NewLogo,
    Which,
    change_branding,
    hold_branding,
)
from idp.core.branding.instance import LINKS, InstanceBranding, read_branding
from idp.core.pictures.addresses import picture_uri
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES, PictureRefused
from idp.core.pictures.logos import read_logo
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.http.uploads import takes_files
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.json.uploads import LOGO_FILE

api = JsonBlueprint("admin_branding_api", __name__, tag="Administration")
PATH = "/api/admin/branding"
REFUSALS = (NotPermitted, ReauthenticationRequired)


class InstanceBrandingAnswer(Answer):
    """What operators gave the server; null is what it has by itself.

    The logos are where they are served here.
    """

    __qualname__ = "InstanceBranding"  # as the API document calls it

    name: str | None
    colour: str | None
    website_uri: str | None
    support_uri: str | None
    privacy_uri: str | None
    terms_uri: str | None
    logo_uri: str | None
    dark_logo_uri: str | None


class BrandingPatch(Body):
    """What is to be different; null takes it away, what is left out stays."""

    name: str | None = Field(None, description="At most 64 characters")
    colour: str | None = Field(None, description="`#rrggbb`")
    website_uri: str | None = Field(None, description="An https URL")
    support_uri: str | None = Field(None, description="An https URL")
    privacy_uri: str | None = Field(None, description="An https URL")
    terms_uri: str | None = Field(None, description="An https URL")


_changes_look = partial(api.operation, answers={200: InstanceBrandingAnswer}, etag=True)
_sets = partial(
    _changes_look, "PUT", body=LOGO_FILE, refusals=(*REFUSALS, PictureRefused)
)
_removes = partial(_changes_look, "DELETE", refusals=REFUSALS)


@api.operation(
    "GET",
    PATH,
    id="admin_branding_api_show",
    answers={200: InstanceBrandingAnswer},
    refusals=(NotPermitted,),
    etag=True,
)
def show(who: Caller) -> Response:
    """Show what the server is called and how it looks."""
    access.require(who, Permission.SETTINGS_READ)
    return _answer()


@api.operation(
    "PATCH",
    PATH,
    id="admin_branding_api_change",
    body=BrandingPatch,
    answers={200: InstanceBrandingAnswer},
    refusals=(*REFUSALS, InvalidBranding),
    etag=True,
)
def change(who: Caller, body: BrandingPatch) -> Response:
    """Change name, colour and links of pages and mails.

    They hold within a second at every node.
    """
    _admit(who)
    held = _hold_seen()
    said = body.model_dump(exclude_unset=True)
    links = {link: said.get(link, held.links.get(link)) or "" for link in LINKS}
    told = {name: said[name] for name in ("name", "colour") if name in said}
    change_branding(replace(held, links=links, **told), by=who.user_id)
    return _answer()


@_sets(f"{PATH}/logo", id="admin_branding_api_set_logo")
@takes_files(MAX_UPLOAD_BYTES)
def set_logo(who: Caller, body: bytes) -> Response:
    """Set the logo from the bytes of a PNG, JPEG, WebP or SVG file of at most 2 MB."""
    return _change_logo(who, "logo", upload=body)


@_removes(f"{PATH}/logo", id="admin_branding_api_remove_logo")
def remove_logo(who: Caller) -> Response:
    """Remove the logo."""
    return _change_logo(who, "logo", upload=None)


@_sets(f"{PATH}/dark-logo", id="admin_branding_api_set_dark_logo")
@takes_files(MAX_UPLOAD_BYTES)
def set_dark_logo(who: Caller, body: bytes) -> Response:
    """Set the logo of dark pages; without one they have the other."""
    return _change_logo(who, "dark_logo", upload=body)


@_removes(f"{PATH}/dark-logo", id="admin_branding_api_remove_dark_logo")
def remove_dark_logo(who: Caller) -> Response:
    """Remove the logo of dark pages."""
    return _change_logo(who, "dark_logo", upload=None)


def _change_logo(who: Caller, which: Which, *, upload: bytes | None) -> Response:
    """Put a picture in the place of one of the logos, or take that away."""
    _admit(who)
    logo = None if upload is None else read_logo(upload)
    change_branding(_hold_seen(), by=who.user_id, logos={which: NewLogo(logo)})
    return _answer()


def _admit(who: Caller) -> None:
    """Refuse who may not change it, or has not proven lately who they are."""
    access.require(who, Permission.BRANDING)
    access.fresh_proof(who)


def _hold_seen() -> InstanceBranding:
    """Return the look as it is, for a change of what the caller has seen."""
    held = hold_branding()
    refuse_unseen(_parts(held))
    return held


def _answer() -> Response:
    """Return the look, and which state of it this is."""
    branding = read_branding()
    shown = InstanceBrandingAnswer(
        name=branding.name,
        colour=branding.colour,
        logo_uri=branding.logo and picture_uri(branding.logo),
        dark_logo_uri=branding.dark_logo and picture_uri(branding.dark_logo),
        **{link: branding.links.get(link) for link in LINKS},
    )
    return reply(shown, headers={"ETag": etag_of(_parts(branding))})


def _parts(branding: InstanceBranding) -> dict[str, object]:
    """Return what tells one state of it from another."""
    return asdict(branding)
