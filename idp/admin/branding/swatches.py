"""How a button of a colour looks on a light and on a dark card."""

from flask_babel import format_decimal

from idp.core.branding.palettes import (
    DARK_CARD,
    LIGHT_CARD,
    Colour,
    Palette,
    dark_palette,
    light_palette,
    parse_colour,
    spelled,
)


def swatches(colour: str | None) -> list[dict[str, object]]:
    """Return how a button of this colour looks on a light and on a dark card."""
    parsed = parse_colour(colour) if colour else None
    if parsed is None:
        return []
    return [
        _swatch("light", card=LIGHT_CARD, palette=light_palette(parsed)),
        _swatch("dark", card=DARK_CARD, palette=dark_palette(parsed)),
    ]


def _swatch(scheme: str, *, card: Colour, palette: Palette) -> dict[str, object]:
    """Return the colours of one card, and the contrast of its button's text."""
    return {
        "scheme": scheme,
        "card": spelled(card),
        "brand": spelled(palette.brand),
        "on_brand": spelled(palette.on_brand),
        "outlined": palette.outlined,
        "contrast": format_decimal(palette.text_contrast, "0.0"),
    }
