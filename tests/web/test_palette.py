"""The colours of pages, light and dark: each text is read on each ground."""

import re
from pathlib import Path

import pytest

import idp

CSS = (Path(idp.__file__).parent / "static" / "idp.css").read_text()
LIGHT, DARK, CHOSEN = (
    dict(re.findall(r"--([a-z-]+):(#[0-9a-f]+)", block))
    for block in re.findall(r":root[^{]*\{(.*?)\}", CSS, re.DOTALL)[:3]
)
LARGE = 3.0  # WCAG 1.4.11: what is no text
TEXT = 4.5  # WCAG 1.4.3
GROUNDS = ("bg", "surface", "sunken", "brand-soft", "ok-soft", "warn-soft", "bad-soft")
ON = {
    "text": GROUNDS,
    "muted": GROUNDS,
    "link": GROUNDS,
    "ok": ("bg", "surface", "sunken", "ok-soft"),
    "warn": ("bg", "surface", "sunken", "warn-soft"),
    "bad": ("bg", "surface", "sunken", "bad-soft"),
    "on-brand": ("brand",),
}
DRAWN = ("field", "focus", "brand", "mark")


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(f * p for f, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, the lighter one first or not."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_each_text_is_read_on_each_ground(palette):
    pairs = [(text, ground) for text, grounds in ON.items() for ground in grounds]
    dim = [p for p in pairs if contrast(palette[p[0]], palette[p[1]]) < TEXT]
    faint = [
        (line, ground)
        for line in DRAWN
        for ground in ("bg", "surface", "sunken")
        if contrast(palette[line], palette[ground]) < LARGE
    ]
    assert (dim, faint) == ([], [])


def test_who_chooses_dark_gets_the_colours_of_a_dark_system():
    assert DARK == CHOSEN
    assert DARK.keys() == LIGHT.keys()


def test_no_colour_stands_outside_of_the_palette():
    rules = CSS[CSS.index("/* 2 base */") :].partition("@media print")[0]
    assert re.findall(r"(?<!&)#[0-9a-f]{3,6}\b", rules) == []
