"""Client ids of any spelling as one segment of a path (pure).

A ``client_id`` may be a URL. WSGI hands over paths that are decoded once, so that a
slash would end the segment; here it is encoded twice.
"""

import re

SPECIAL = re.compile(r"[^A-Za-z0-9_-]")
RESERVED = frozenset({"new"})  # pages that stand beside those of the ids


def to_segment(value: str) -> str:
    """Return ``value`` so that it can stand between two slashes of a URL.

    Letters, digits, ``-`` and ``_`` stay as they are. No dot remains, so that a suffix
    may follow, and no name of a page that stands beside the ids.
    """
    if value in RESERVED:
        return _encoded(value[0]) + value[1:]
    return SPECIAL.sub(lambda match: _encoded(match[0]), value)


def _encoded(character: str) -> str:
    """Return a character percent-encoded, and that percent sign too."""
    return "".join(f"%25{byte:02X}" for byte in character.encode())
