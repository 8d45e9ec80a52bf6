"""Bitmaps that others send: decoded with care, so that only pixels are left of them."""

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from idp.core.context import about_to_wait
from idp.core.errors import FieldError, IdpError, Overloaded
from idp.core.text import Worded, worded

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "WEBP", "JPEG")
MAX_UPLOAD_BYTES = 2 * 1024 * 1024
MAX_WAIT_SECONDS = 5.0
# what a decoder raises that comes upon bytes which are no picture
UNREADABLE = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, ArithmeticError),
    *(LookupError, struct.error, zlib.error),
)
QUALITIES = (90, 75, 60, 40)  # tried in turn until the file is small enough

_ONE_AT_A_TIME = Lock()  # pixels take much memory


class PictureRefused(IdpError):
    """Bytes that cannot be shown; the one error says why and what to do."""

    code = "invalid_picture"
    status = HTTPStatus.BAD_REQUEST
    title = "This picture cannot be used."


class _Unreadable(Exception):
    """Bytes that no decoder understands."""


def picture_refusal(message: str) -> PictureRefused:
    """Return the error of a picture."""
    return PictureRefused([FieldError("picture", PictureRefused.code, message)])


def refuse_blurred(width: int, height: int, *, least: int) -> None:
    """Raise PictureRefused for a picture with a side of fewer than ``least`` pixels."""
    if min(width, height) < least:
        raise picture_refusal(
            worded(
                "The picture is %(width)s × %(height)s pixels: use one with at least "
                "%(least)s × %(least)s.",
                width=width,
                height=height,
                least=least,
            )
        )


@contextmanager
def opened(
    upload: bytes,
    *,
    check: Callable[[int, int], None],
    smallest: int,
    unreadable: Worded,
) -> Iterator["Image"]:
    """Give the pixels of a picture, upright, of an animation the first.

    ``check`` is called with width and height before any pixel is decoded, and raises
    PictureRefused; so does this for what is no picture, with the ``unreadable`` words.
    A JPEG may come in a smaller size of at least ``smallest`` pixels. Waits while
    another one is open; raises Overloaded where that takes long.
    """
    about_to_wait()
    if not _ONE_AT_A_TIME.acquire(timeout=MAX_WAIT_SECONDS):
        raise Overloaded
    try:
        yield _decoded(upload, check=check, smallest=smallest)
    except _Unreadable:
        raise picture_refusal(unreadable) from None
    finally:
        _ONE_AT_A_TIME.release()


def as_webp(pixels: "Image", *, most_bytes: int) -> bytes | None:
    """Return pixels as WebP without metadata, None if they do not fit into so many."""
    for quality in QUALITIES:
        file = BytesIO()
        pixels.save(file, "WEBP", quality=quality, alpha_quality=quality)
        if file.tell() <= most_bytes:
            return file.getvalue()
    return None


def _decoded(
    upload: bytes, *, check: Callable[[int, int], None], smallest: int
) -> "Image":
    """Return the upright pixels. Raises _Unreadable, and what ``check`` does."""
    from PIL import Image, ImageOps

    bomb = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        picture: Image.Image = Image.open(BytesIO(upload), formats=FORMATS)
        check(*picture.size)
        picture.draft("RGB", (smallest, smallest))
        upright = ImageOps.exif_transpose(picture)
        return upright.convert("RGBA")
    except (*UNREADABLE, *bomb) as error:
        raise _Unreadable from error
