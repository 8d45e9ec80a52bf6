"""The files of a client's branding (pure): ``/brand/<client_id>.<name>``.

A name holds a hash of the content, so a file under its name never changes.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from idp.core.randomness import digest_bytes
from idp.oauth.clients.branding.palettes import parse_colour, stylesheet
from idp.oauth.clients.segments import to_segment

COLOUR: Final = "colour"
LOGO: Final = "logo"
DARK_LOGO: Final = "dark_logo"


@dataclass(frozen=True)
class Brand:
    """The branding of pages that serve one client: paths of its files here."""

    css_url: str | None = None
    logo_url: str | None = None
    dark_logo_url: str | None = None


PLAIN = Brand()


def brand_of(client_id: str, branding: Mapping[str, str] | None) -> Brand:
    """Return where the files of a client's branding are."""
    if not branding:
        return PLAIN
    colour = branding.get(COLOUR)
    css_name = sheet_name(sheet_of(colour)) if colour else None
    names = (css_name, branding.get(LOGO), branding.get(DARK_LOGO))
    return Brand(*(name and f"/brand/{to_segment(client_id)}.{name}" for name in names))


def sheet_of(colour: str) -> str:
    """Return the stylesheet of a stored colour."""
    parsed = parse_colour(colour)
    return stylesheet(parsed) if parsed else ""


def sheet_name(sheet: str) -> str:
    """Return the name of a stylesheet."""
    return file_name(sheet.encode(), extension="css")


def file_name(content: bytes, *, extension: str) -> str:
    """Return the name of a file by its content."""
    fingerprint = urlsafe_b64encode(digest_bytes(content))[:16].decode()
    return f"{fingerprint}.{extension}"
