"""The stylesheet of a colour: ``/branding/<rrggbb>.<hash>.css``.

It is made of the colour in its name, so that a preview may show one that is not kept.
"""

from idp.core.branding.palettes import parse_colour, stylesheet
from idp.core.pictures.names import file_name

OWN_MARK = ":root:root:root{--mark:var(--brand)}"  # in dark schemes as well


def sheet_path(colour: str) -> str:
    """Return where the stylesheet of a colour, ``#rrggbb``, is served."""
    digits = colour.removeprefix("#")
    return f"/branding/{digits}.{file_name(_sheet_of(colour), extension='css')}"


def find_sheet(name: str) -> tuple[bytes, bool] | None:
    """Return the stylesheet of a name, and whether it is the one with this hash."""
    digits, _, hashed = name.partition(".")
    if parse_colour(f"#{digits}") is None or not hashed.endswith(".css"):
        return None
    sheet = _sheet_of(f"#{digits}")
    return sheet, hashed == file_name(sheet, extension="css")


def _sheet_of(colour: str) -> bytes:
    """Return the custom properties of a colour; the server's own mark has it too."""
    parsed = parse_colour(colour)
    return f"{stylesheet(parsed)}{OWN_MARK}".encode() if parsed else b""
