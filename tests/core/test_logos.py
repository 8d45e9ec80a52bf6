"""Uploaded logos: what is kept of them, and how a refusal says what to do."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from idp.core.pictures.bitmaps import PictureRefused
from idp.core.pictures.logos import MAX_BYTES, read_logo

ROOT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
SVG = ROOT + b'<path d="M0 0h9"/></svg>'


def picture(size=(128, 128), *, kind="PNG", **options) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, (31, 79, 196)).save(file, kind, **options)
    return file.getvalue()


def message_of(upload: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        read_logo(upload)
    return refused.value.errors[0].message


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_bitmap_is_encoded_anew(kind):
    logo = read_logo(picture(kind=kind))
    assert logo.extension == "webp"
    assert Image.open(BytesIO(logo.content)).size == (128, 128)


def test_nothing_but_pixels_survives():
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "taken at home")
    upload = picture(pnginfo=note) + b"<script>alert(1)</script>"
    logo = read_logo(upload)
    assert b"taken at home" in upload
    assert b"taken at home" not in logo.content
    assert b"<script>" not in logo.content


def test_a_large_picture_is_shrunk_and_small_enough():
    noise = Image.effect_noise((2000, 1000), 200).convert("RGB")
    file = BytesIO()
    noise.save(file, "JPEG", quality=60)
    logo = read_logo(file.getvalue())
    assert len(logo.content) <= MAX_BYTES
    assert max(Image.open(BytesIO(logo.content)).size) <= 512


def test_transparency_is_kept():
    file = BytesIO()
    Image.new("RGBA", (128, 128), (0, 0, 0, 0)).save(file, "PNG")
    assert Image.open(BytesIO(read_logo(file.getvalue()).content)).mode == "RGBA"


def test_a_small_picture_is_refused_with_its_size():
    assert "64 × 200 pixels" in message_of(picture((64, 200)))
    assert "at least 96 × 96" in message_of(picture((64, 200)))


def test_a_picture_too_wide_to_decode_is_refused_before_that():
    assert "smaller than 3000" in message_of(picture((3_500, 100)))


@pytest.mark.parametrize(
    "upload", [b"", b"GIF89a", picture(kind="GIF"), picture(kind="BMP"), picture()[:60]]
)
def test_what_is_no_picture_is_refused(upload):
    assert "no PNG, WebP, JPEG or SVG" in message_of(upload)


def test_an_svg_is_kept_as_it_is():
    logo = read_logo(SVG)
    assert (logo.content, logo.extension) == (SVG, "svg")


def test_an_svg_with_a_document_type_is_refused():
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG
    assert "DOCTYPE" in message_of(bomb)


@pytest.mark.parametrize(
    "upload", [b"<svg", b"<html><svg/></html>", b"<svg/>", SVG + b"<svg"]
)
def test_what_only_looks_like_an_svg_is_refused(upload):
    assert "SVG" in message_of(upload)


def test_a_heavy_svg_is_refused():
    heavy = SVG.replace(b"/>", b"/>" + b"<!-- -->" * 20_000)
    assert "100 KB" in message_of(heavy)
