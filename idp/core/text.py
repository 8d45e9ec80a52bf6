"""Text: what can be stored, what is one line, what another language can say (pure)."""

from typing import Any
from unicodedata import category, decimal

# Control characters, halves of surrogate pairs, ends of lines and paragraphs.
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
BESIDE_CODES = frozenset({"Cf", "Pd"})  # invisible marks of direction, dashes


def is_storable(text: str) -> bool:
    """Tell whether databases take ``text``: no NUL, no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def is_line(text: str) -> bool:
    """Tell whether ``text`` can be stored, and has no control character or new line."""
    return text.isprintable() or not any(category(c) in BREAKING for c in text)


def in_one_piece(code: str) -> str:
    """Return a code without spaces and dashes, in the digits 0 to 9."""
    kept = (c for c in code if not c.isspace() and category(c) not in BESIDE_CODES)
    return "".join(str(decimal(c, c)) for c in kept)


class Worded(str):
    """An English text that still knows what it was made of.

    It is text to all who take it as such; ``web.words`` translates the template.
    """

    template: str
    values: dict[str, Any]

    __slots__ = ("template", "values")


def worded(template: str, **values: object) -> Worded:
    """Return ``template % values``; a value may be worded too."""
    text = Worded(template % values if values else template)
    text.template, text.values = template, values
    return text
