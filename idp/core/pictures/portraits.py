"""Pictures of people: a square of 256 pixels, whatever was sent."""

from idp.core.pictures.bitmaps import (
    MAX_UPLOAD_BYTES,
    as_webp,
    opened,
    picture_refusal,
    refuse_blurred,
)
from idp.core.text import worded

MAX_BYTES = 60 * 1024
SIDE = 256  # pixels
MIN_SIDE = 32
MAX_PIXELS = 4096 * 4096
SIDES = (SIDE, 192, 128)  # tried in turn until the file is small enough


def read_portrait(upload: bytes) -> bytes:
    """Return the middle of a picture as WebP of at most 60 KB, without metadata.

    Raises PictureRefused with what to do.
    """
    from PIL import ImageOps

    if len(upload) > MAX_UPLOAD_BYTES:
        raise picture_refusal(
            worded("The file is larger than 2 MB: export it smaller.")
        )
    unreadable = worded("The file is no PNG, WebP or JPEG picture.")
    with opened(
        upload, check=_check_size, smallest=SIDE, unreadable=unreadable
    ) as pixels:
        for side in SIDES:
            shown = min(side, *pixels.size)
            made = as_webp(ImageOps.fit(pixels, (shown, shown)), most_bytes=MAX_BYTES)
            if made is not None:
                return made
    raise picture_refusal(
        worded("The picture is still larger than 60 KB when shrunk: simplify it.")
    )


def _check_size(width: int, height: int) -> None:
    """Refuse what would be blurred, and what would take much memory to decode."""
    refuse_blurred(width, height, least=MIN_SIDE)
    if width * height > MAX_PIXELS:
        raise picture_refusal(
            worded(
                "The picture is %(width)s × %(height)s pixels: make it smaller than "
                "%(most)s × %(most)s.",
                width=width,
                height=height,
                most=4096,
            )
        )
