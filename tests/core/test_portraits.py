"""Pictures of people: upright, square, small, and nothing but pixels."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from idp.core.pictures.bitmaps import PictureRefused
from idp.core.pictures.portraits import MAX_BYTES, SIDE, read_portrait

ORIENTATION, ARTIST = 0x0112, 0x013B
TURNED_LEFT = 6
RED, BLUE = (200, 0, 0), (0, 0, 200)


def file_of(picture: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def made_from(upload: bytes) -> Image.Image:
    content = read_portrait(upload)
    assert len(content) <= MAX_BYTES
    return Image.open(BytesIO(content))


def test_a_photo_is_turned_upright_and_forgets_who_took_it():
    photo = Image.new("RGB", (400, 400), RED)
    photo.paste(BLUE, (0, 0, 400, 200))  # the camera lay on its side
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = TURNED_LEFT, "Ada at 51.5N"
    upload = file_of(photo, "JPEG", exif=exif)
    made = made_from(upload)
    assert b"51.5N" in upload
    assert b"51.5N" not in read_portrait(upload)
    assert made.size == (SIDE, SIDE)
    left, right = made.getpixel((20, 128)), made.getpixel((236, 128))
    assert left[0] > 150  # red: what was below is left now
    assert right[2] > 150


def test_of_an_animation_the_first_picture_is_kept():
    frames = [Image.new("RGB", (64, 64), each) for each in (RED, BLUE)]
    moving = file_of(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    made = made_from(moving)
    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((30, 30))[0] > 150


def test_noise_becomes_small_enough():
    noise = Image.effect_noise((600, 600), 200).convert("RGB")
    made_from(file_of(noise, "JPEG"))


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def bomb() -> bytes:
    """Return a PNG of 50,000 by 50,000 pixels: ten gigabytes, if anybody decoded it."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (bomb(), "no PNG, WebP or JPEG"),
        (file_of(Image.new("1", (5000, 4000)), "PNG"), "smaller than 4096 × 4096"),
        (file_of(Image.new("1", (31, 400)), "PNG"), "at least 32 × 32"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no PNG, WebP or JPEG"),
        (b"GIF89a<script>alert(1)</script>", "no PNG, WebP or JPEG"),
        (b"", "no PNG, WebP or JPEG"),
    ],
    ids=["bomb", "wide", "narrow", "large", "svg", "polyglot", "empty"],
)
def test_what_cannot_be_shown_is_refused_in_words(upload, said):
    with pytest.raises(PictureRefused) as refused:
        read_portrait(upload)
    assert said in refused.value.errors[0].message
