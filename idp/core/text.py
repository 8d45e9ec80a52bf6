"""Which text can be stored, and which is one line of it (pure)."""

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
