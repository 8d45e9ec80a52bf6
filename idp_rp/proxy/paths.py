"""Paths that a browser names: those that stay where they should (pure)."""

import re
from typing import Final
from urllib.parse import quote

# What a server behind may read as a slash, a dot, an end or another layer of these.
ENCODED: Final = re.compile(r"%(2f|5c|2e|25|00|0a|0d)", re.IGNORECASE)
UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\\%]")
INVISIBLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\\]")
AFTER_PATH: Final = re.compile(r"[?#]")
LONGEST: Final = 1024
KEPT: Final = "!$&'()*+,;=:@-._~"


class UnsafePath(ValueError):
    """The path might lead elsewhere than it seems to."""


def joined(base_url: str, path: str, *, raw: str | None) -> str:
    """Return the URL of a path below an API; UnsafePath is any that may leave it.

    ``path`` is decoded and has no leading slash, ``raw`` the whole path as it was sent:
    what was encoded there, dots and slashes and percent signs, must not be.
    """
    if raw is not None and ENCODED.search(raw):
        raise UnsafePath("an encoded dot, slash, backslash or percent sign")
    if UNSAFE.search(path):
        raise UnsafePath("a backslash, a percent sign or a control character")
    segments = path.split("/")
    inner = segments[:-1] if segments[-1] == "" else segments
    if "" in inner or not {".", ".."}.isdisjoint(map(_bare, segments)):
        raise UnsafePath("an empty segment, or one of dots")
    encoded = "/".join(quote(segment, safe=KEPT) for segment in segments)
    return f"{base_url.rstrip('/')}/{encoded}"


def local_path(value: str) -> str:
    """Return a path of this app where a browser may be sent; UnsafePath is any other.

    ``//`` and a backslash begin another host's address, and browsers drop tabs and line
    ends before they look.
    """
    path = AFTER_PATH.split(value, maxsplit=1)[0]
    if not path.startswith("/") or "//" in path:
        raise UnsafePath("no path of this app")
    if INVISIBLE.search(value):
        raise UnsafePath("a backslash, a space or a control character")
    quoted = quote(value, safe="/?#%" + KEPT + "[]")
    if len(quoted) > LONGEST:
        raise UnsafePath("too long for a cookie")
    return quoted


def _bare(segment: str) -> str:
    """Return a segment without the parameters that some servers cut off (``..;a``)."""
    return segment.partition(";")[0]
