"""Text: what can be stored, what is one line, what another language can say (pure)."""

from enum import StrEnum
from typing import Any
from unicodedata import category, decimal, normalize

# Control characters, halves of surrogate pairs, ends of lines and paragraphs.
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They turn the reading order of what follows on the page (Unicode UAX #9).
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Nothing is seen of them, marks and letters too (Default_Ignorable_Code_Point).
IGNORABLE = frozenset(
    chr(point)
    for first, last in (
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160),
        (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
        (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),
    )
    for point in range(first, last + 1)
)  # fmt: skip
SPACES = " \u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
BLANK = frozenset("\u2800\U0001d159")  # symbols by category, and nothing is drawn
SEEN = frozenset("LNPS")  # letters, numbers, punctuation, symbols
MINUS = "\u2212"  # a dash to people, a symbol to Unicode
MOST_MARKS = 4  # on one letter (UTS #39 §5.4)


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


def is_shown(text: str) -> bool:
    """Tell whether ``text`` is one line that reads in one direction."""
    return is_line(text) and BIDI_CONTROLS.isdisjoint(text)


def without_ignorable(text: str) -> str:
    """Return text without what nothing is seen of, and without space around it.

    For identifiers, numbers and codes, before they are judged: pasting brings such
    characters along. Names need them, to join letters and emoji.
    """
    if not text.isascii():
        text = "".join(c for c in text if c not in IGNORABLE)
    return text.strip(SPACES)


def in_digits(text: str) -> str:
    """Return text with the digits 0 to 9 for those of any script, signs in NFKC."""
    if text.isascii():
        return text.strip()
    plain = normalize("NFKC", without_ignorable(text))
    return "".join(str(decimal(c, c)) for c in plain).strip()


def as_number(text: str) -> str:
    """Return a number or date in the digits 0 to 9, with plain dashes and spaces."""
    return "".join(_plain(c) for c in in_digits(text))


def in_one_piece(code: str) -> str:
    """Return a code without spaces, dashes and dots, in the digits 0 to 9."""
    return "".join(c for c in in_digits(code) if not _is_separator(c))


class NameFlaw(StrEnum):
    """Why a name cannot be shown to people."""

    INVALID = "invalid"  # it breaks the line, or turns its direction
    UNSEEN = "unseen"
    STACKED = "stacked"


def name_flaw(name: str) -> NameFlaw | None:
    """Say why people cannot be shown a name, or None: all that is seen is a name."""
    if not is_shown(name):
        return NameFlaw.INVALID
    if name.isascii():
        return None if name.strip() else NameFlaw.UNSEEN
    if not any(map(_is_seen, name)):
        return NameFlaw.UNSEEN
    return NameFlaw.STACKED if _marks_in_a_row(name) > MOST_MARKS else None


def name_hint(name: str) -> str | None:
    """Say to an operator why people cannot be shown a name, or None."""
    match name_flaw(name):
        case NameFlaw.INVALID:
            return worded("must be a line of text without control characters")
        case NameFlaw.UNSEEN:
            return worded("must have a letter, a digit or a sign that is seen")
        case NameFlaw.STACKED:
            return worded(
                "piles up more than %(most)s marks on a letter", most=MOST_MARKS
            )
    return None


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


def _is_seen(character: str) -> bool:
    """Tell whether something is drawn for a character that stands alone."""
    unseen = character in IGNORABLE or character in BLANK
    return not unseen and category(character)[0] in SEEN


def _marks_in_a_row(text: str) -> int:
    """Return how many marks are piled on one letter, at most."""
    most = run = 0
    for character in normalize("NFD", without_ignorable(text)):
        run = run + 1 if category(character) in ("Mn", "Me") else 0
        most = max(most, run)
    return most


def _plain(character: str) -> str:
    """Return the dash or space of ASCII for those of other keyboards."""
    kind = category(character)
    if kind == "Pd" or character == MINUS:
        return "-"
    return " " if kind == "Zs" else character


def _is_separator(character: str) -> bool:
    """Tell whether a character only sets off the parts of a code."""
    between = category(character)[0] in "ZP" or category(character) == "Cf"
    return between or character.isspace() or character == MINUS
