"""A client's colour: one ``#rrggbb`` in, the custom properties of its pages out (pure).

Whatever colour is chosen, text stays readable: contrast is that of WCAG 2.2 §1.4.3, and
links, focus rings and running text never take the brand's colour.
"""

import re
from dataclasses import dataclass

Colour = tuple[int, int, int]

SPELLING = re.compile(r"#[0-9a-fA-F]{6}")
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
LIGHT_CARD: Colour = WHITE  # --surface of idp.css, light and dark
DARK_CARD: Colour = (0x18, 0x1C, 0x24)
VISIBLE = 3.0  # WCAG 2.2 §1.4.11: parts of a control against what surrounds them
SOFT_SHARE_LIGHT = 0.10
SOFT_SHARE_DARK = 0.18


@dataclass(frozen=True)
class Palette:
    """What one colour scheme gets; ``outlined`` wants a border around brand areas."""

    brand: Colour
    on_brand: Colour
    soft: Colour
    outlined: bool

    @property
    def text_contrast(self) -> float:
        """Return the contrast of a button's text with the button."""
        return contrast(self.brand, self.on_brand)


def parse_colour(text: str) -> Colour | None:
    """Return the colour written ``#rrggbb``, None for any other spelling."""
    if not SPELLING.fullmatch(text):
        return None
    value = int(text[1:], 16)
    return value >> 16, value >> 8 & 0xFF, value & 0xFF


def spelled(colour: Colour) -> str:
    """Return a colour as ``#rrggbb``."""
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: Colour) -> Colour:
    """Return black or white, whichever contrasts more: always 4.58 or better."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, colour))


def light_palette(colour: Colour) -> Palette:
    """Return what light pages use."""
    return Palette(
        brand=colour,
        on_brand=readable_on(colour),
        soft=_mix(colour, LIGHT_CARD, share=SOFT_SHARE_LIGHT),
        outlined=contrast(colour, LIGHT_CARD) < VISIBLE,
    )


def dark_palette(colour: Colour) -> Palette:
    """Return what dark pages use."""
    brand = _lightened(colour)
    soft = _mix(brand, DARK_CARD, share=SOFT_SHARE_DARK)
    return Palette(brand, readable_on(brand), soft, outlined=False)


def stylesheet(colour: Colour) -> str:
    """Return the sheet that is loaded after the main one: custom properties only."""
    light = _properties(light_palette(colour))
    dark = _properties(dark_palette(colour))
    return (
        f":root{{{light}}}\n"
        "@media (prefers-color-scheme:dark){"
        f":root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
    )


def _luminance(colour: Colour) -> float:
    """Return the relative luminance, 0 for black and 1 for white (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """Undo the gamma of one sRGB channel."""
    if channel <= 0.04045:  # noqa: PLR2004 - where the sRGB curve begins
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)


def _mix(one: Colour, other: Colour, *, share: float) -> Colour:
    """Return ``share`` of ``one`` and the rest of ``other``."""
    red, green, blue = (
        round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True)
    )
    return red, green, blue


def _lightened(colour: Colour) -> Colour:
    """Return the colour with as much white as it needs to show on a dark card."""
    for tenths in range(11):
        lighter = _mix(WHITE, colour, share=tenths / 10)
        if contrast(lighter, DARK_CARD) >= VISIBLE:
            return lighter
    return WHITE


def _properties(palette: Palette) -> str:
    """Return one scheme's declarations, in the words of idp.css."""
    edge = "var(--field)" if palette.outlined else spelled(palette.brand)
    return (
        f"--brand:{spelled(palette.brand)};--on-brand:{spelled(palette.on_brand)};"
        f"--brand-soft:{spelled(palette.soft)};--brand-edge:{edge}"
    )
