"""Logos: what an upload becomes before it is served from here.

Bitmaps are decoded and encoded again, so nothing but pixels survives (ux.md §5). An SVG
is kept as it is: it is only ever an ``<img>``, under a policy of its own that lets
nothing in it run or load.
"""

from dataclasses import dataclass
from xml.parsers import expat

from idp.core.pictures.bitmaps import (
    MAX_UPLOAD_BYTES,
    as_webp,
    opened,
    picture_refusal,
    refuse_blurred,
)
from idp.core.text import worded

MAX_BYTES = 100 * 1024
MIN_SIDE = 96  # pixels
MAX_SIDE = 3000
SIDES = (512, 256, 128)  # tried in turn until the file is small enough
SVG_ROOT = "http://www.w3.org/2000/svg svg"


@dataclass(frozen=True)
class Logo:
    """A picture to serve; ``extension`` is webp or svg."""

    content: bytes
    extension: str


def read_logo(upload: bytes) -> Logo:
    """Return the logo made from an uploaded file; raise PictureRefused with the fix."""
    if len(upload) > MAX_UPLOAD_BYTES:
        raise picture_refusal(
            worded("The file is larger than 2 MB: export it smaller.")
        )
    if b"<svg" in upload[:4096]:
        return _read_svg(upload)
    return _read_bitmap(upload)


def _read_svg(upload: bytes) -> Logo:
    """Return a well-formed SVG without document type, which could define entities."""
    if len(upload) > MAX_BYTES:
        raise picture_refusal(
            worded("The SVG is larger than 100 KB: simplify it, or upload a PNG.")
        )
    roots: list[str] = []

    def refuse_doctype(*_parts: object) -> None:
        raise picture_refusal(
            worded("The SVG has a DOCTYPE: remove that line and upload it again.")
        )

    def note_root(name: str, _attributes: object) -> None:
        roots.append(name)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = note_root
    try:
        parser.Parse(upload, True)
    except expat.ExpatError as error:
        raise picture_refusal(
            worded("The SVG is not well formed: %(error)s.", error=error)
        ) from None
    if roots[0] != SVG_ROOT:
        raise picture_refusal(
            worded("The file is no SVG picture: its root must be <svg xmlns=…>.")
        )
    return Logo(upload, "svg")


def _read_bitmap(upload: bytes) -> Logo:
    """Return a PNG, WebP or JPEG as WebP, shrunk to fit, without its metadata."""
    unreadable = worded("The file is no PNG, WebP, JPEG or SVG picture.")
    with opened(
        upload, check=_check_sides, smallest=SIDES[0], unreadable=unreadable
    ) as pixels:
        for side in SIDES:
            pixels.thumbnail((side, side))
            made = as_webp(pixels, most_bytes=MAX_BYTES)
            if made is not None:
                return Logo(made, "webp")
    raise picture_refusal(
        worded("The picture is still larger than 100 KB when shrunk: simplify it.")
    )


def _check_sides(width: int, height: int) -> None:
    """Refuse what would be blurred, and what would take much memory to decode."""
    refuse_blurred(width, height, least=MIN_SIDE)
    if max(width, height) > MAX_SIDE:
        raise picture_refusal(
            worded(
                "The picture is %(width)s × %(height)s pixels: make it smaller than "
                "%(most)s × %(most)s.",
                width=width,
                height=height,
                most=MAX_SIDE,
            )
        )
