"""Whatever colour an app chooses, its pages stay readable (WCAG 2.2 §1.4.3)."""

import re
from itertools import product
from pathlib import Path

import pytest

from idp.core.branding.palettes import (
    DARK_CARD,
    LIGHT_CARD,
    VISIBLE,
    contrast,
    dark_palette,
    light_palette,
    parse_colour,
    readable_on,
    spelled,
    stylesheet,
)

SHEET = (Path(__file__).parents[3] / "idp" / "static" / "idp.css").read_text()
STEPS = range(0, 256, 17)
CUBE = list(product(STEPS, STEPS, STEPS))
READABLE = 4.5


def token(name: str, scheme: str):
    """Return a colour of idp.css, of its light or its dark scheme."""
    dark = SHEET.index("data-theme=dark")
    part = SHEET[:dark] if scheme == "light" else SHEET[dark:]
    value = re.search(rf"--{name}:(#[0-9a-f]+)", part)[1]
    if len(value) == 4:
        value = "#" + "".join(2 * digit for digit in value[1:])
    return parse_colour(value)


@pytest.mark.parametrize(
    ("card", "scheme"), [(LIGHT_CARD, "light"), (DARK_CARD, "dark")]
)
def test_the_cards_are_those_of_the_stylesheet(card, scheme):
    assert token("surface", scheme) == card


def test_text_on_a_brand_area_is_readable_in_any_colour():
    for colour in CUBE:
        assert light_palette(colour).text_contrast >= READABLE
        assert dark_palette(colour).text_contrast >= READABLE


@pytest.mark.parametrize("name", ["link", "text"])
def test_links_and_text_on_a_soft_brand_area_are_readable(name):
    light, dark = token(name, "light"), token(name, "dark")
    for colour in CUBE:
        assert contrast(light_palette(colour).soft, light) >= READABLE
        assert contrast(dark_palette(colour).soft, dark) >= READABLE


def test_a_brand_area_is_visible_on_its_card_or_has_an_edge():
    for colour in CUBE:
        light, dark = light_palette(colour), dark_palette(colour)
        assert light.outlined or contrast(light.brand, LIGHT_CARD) >= VISIBLE
        assert contrast(dark.brand, DARK_CARD) >= VISIBLE


def test_a_colour_that_shows_on_the_dark_card_stays_as_it_is():
    assert spelled(dark_palette(parse_colour("#FFB020")).brand) == "#ffb020"
    assert spelled(dark_palette(parse_colour("#101010")).brand) != "#101010"


def test_black_on_yellow_and_white_on_navy():
    assert readable_on(parse_colour("#ffff00")) == (0, 0, 0)
    assert readable_on(parse_colour("#000080")) == (255, 255, 255)


@pytest.mark.parametrize(
    "text", ["", "red", "#fff", "1f4fc4", "#1f4fc4;", "#1f4fc4\n", "#gggggg"]
)
def test_only_one_spelling_is_a_colour(text):
    assert parse_colour(text) is None


def test_the_stylesheet_holds_custom_properties_only():
    sheet = stylesheet(parse_colour("#ffee00"))
    assert "--brand:#ffee00;--on-brand:#000000;" in sheet
    assert "--brand-edge:var(--field)" in sheet
    names = re.findall(r"([a-z-]+):(?=#|var)", sheet)
    assert set(names) == {"--brand", "--on-brand", "--brand-soft", "--brand-edge"}
    assert sheet.count("{") == sheet.count("}")
