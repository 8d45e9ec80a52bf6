"""Changing how our pages look while they serve a client."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Literal

from idp.core.branding.palettes import parse_colour, spelled
from idp.core.errors import FieldError, IdpError
from idp.core.pictures.logos import read_logo
from idp.core.text import worded
from idp.oauth.clients.branding.files import (
    COLOUR,
    DARK_LOGO,
    LOGO,
)
from idp.oauth.clients.branding.rows import add_logo, drop_unused_logos
from idp.oauth.clients.changes import (
    change_client,
    get_client,
    hold_client,
    record_change,
)

Which = Literal["logo", "dark_logo"]


class ColourRefused(IdpError):
    """A colour in a spelling that is not ours."""

    code = "invalid_colour"
    status = HTTPStatus.BAD_REQUEST
    title = "This is not a colour."


@dataclass(frozen=True)
class LogoChange:
    """A new file, or the end of the old one; neither leaves it as it is."""

    upload: bytes = b""
    remove: bool = False


@dataclass(frozen=True)
class BrandingChange:
    """What the branding becomes; empty links and an empty colour are taken away."""

    colour: str
    links: Mapping[str, str]
    contacts: list[str]
    logo: LogoChange
    dark_logo: LogoChange


def set_branding(
    client_id: str, wanted: BrandingChange, *, by: str | None
) -> list[FieldError]:
    """Make every change and return what was refused; the caller undoes it all then."""
    metadata = {
        **get_client(client_id).registered,
        **{name: uri or None for name, uri in wanted.links.items()},
        "contacts": wanted.contacts,
    }
    return [
        *_refused(partial(change_client, client_id, metadata, by=by)),
        *_refused(partial(_set_colour, client_id, wanted.colour, by=by)),
        *_change_logo(client_id, LOGO, change=wanted.logo, by=by),
        *_change_logo(client_id, DARK_LOGO, change=wanted.dark_logo, by=by),
    ]


def _set_colour(client_id: str, colour: str, *, by: str | None) -> None:
    """Give a client a colour, ``#rrggbb``, or none. Raises ColourRefused."""
    parsed = parse_colour(colour) if colour else None
    if colour and parsed is None:
        message = worded(
            "Write the colour as # and six hexadecimal digits, like #1f4fc4."
        )
        raise ColourRefused([FieldError(COLOUR, ColourRefused.code, message)])
    _change(client_id, COLOUR, value=spelled(parsed) if parsed else None, by=by)


def _set_logo(client_id: str, which: Which, *, upload: bytes, by: str | None) -> None:
    """Give a client a logo from an uploaded file. Raises PictureRefused."""
    logo = read_logo(upload)
    hold_client(client_id)
    _change(client_id, which, value=add_logo(client_id, logo), by=by)


def _remove_logo(client_id: str, which: Which, *, by: str | None) -> None:
    """Take a logo away."""
    _change(client_id, which, value=None, by=by)


def _change_logo(
    client_id: str, which: Which, *, change: LogoChange, by: str | None
) -> list[FieldError]:
    """Take a new logo, or take the old one away."""
    if change.upload:
        found = _refused(
            partial(_set_logo, client_id, which, upload=change.upload, by=by)
        )
        return [FieldError(which, error.code, error.message) for error in found]
    if change.remove:
        _remove_logo(client_id, which, by=by)
    return []


def _refused(change: Callable[[], object]) -> list[FieldError]:
    """Make a change and return its mistakes; a missing client is no mistake of it."""
    try:
        change()
    except IdpError as refusal:
        if not refusal.errors:
            raise
        return list(refusal.errors)
    return []


def _change(client_id: str, member: str, *, value: str | None, by: str | None) -> None:
    """Set one member of a client's branding; delete logos it no longer names."""
    client = hold_client(client_id)
    branding = {**(client.branding or {}), member: value}
    kept = {name: text for name, text in branding.items() if text is not None}
    if kept == (client.branding or {}):
        return
    client.branding = kept or None
    drop_unused_logos(client)
    record_change(client_id, by=by, changed=[f"branding.{member}"])
