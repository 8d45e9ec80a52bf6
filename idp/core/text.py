"""Text: what can be stored, what is one line, what another language can say (pure)."""

from typing import Any
from unicodedata import category

# Control characters, halves of surrogate pairs, ends of lines and paragraphs.
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})


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
