"""The files of a client's branding (pure): ``/brand/<client_id>.<name>``.

A name holds a hash of the content, so a file under its name never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from idp.core.branding.palettes import parse_colour, stylesheet
from idp.core.pictures.names import file_name
from idp.oauth.clients.segments import to_segment

COLOUR: Final = "colour"
LOGO: Final = "logo"
DARK_LOGO: Final = "dark_logo"
LINKED_LOGO: Final = "linked_logo"  # of the registered logo_uri


@dataclass(frozen=True)
class Brand:
    """The branding of pages that serve one client: paths of its files here.

    ``logo_of`` names whose logo it is, where that is not the client's. Mails, which
    load no stylesheet, have the ``colour`` itself.
    """

    css_url: str | None = None
    logo_url: str | None = None
    dark_logo_url: str | None = None
    logo_of: str | None = None
    colour: str | None = None


PLAIN = Brand()


def brand_of(client_id: str, branding: Mapping[str, str] | None) -> Brand:
    """Return where the files of a client's branding are."""
    if not branding:
        return PLAIN
    colour = branding.get(COLOUR)
    css_name = sheet_name(sheet_of(colour)) if colour else None
    logo = branding.get(LOGO) or branding.get(LINKED_LOGO)
    names = (css_name, logo, branding.get(DARK_LOGO))
    css, light, dark = (
        name and f"/brand/{to_segment(client_id)}.{name}" for name in names
    )
    return Brand(css, light, dark, colour=colour)


def sheet_of(colour: str) -> str:
    """Return the stylesheet of a stored colour."""
    parsed = parse_colour(colour)
    return stylesheet(parsed) if parsed else ""


def sheet_name(sheet: str) -> str:
    """Return the name of a stylesheet."""
    return file_name(sheet.encode(), extension="css")
