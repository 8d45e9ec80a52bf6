"""Where a browser may be sent next: only to ourselves."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, make_response, redirect


def local_path(wanted: str | None, *, default: str) -> str:
    """Return ``wanted`` if it is a path on this server, else ``default``.

    It must start with one slash that no slash or backslash follows, hold no control
    character, and parse to a path without scheme and host (security.md §7).
    """
    if not wanted or not wanted.isprintable() or not wanted.isascii():
        return default
    if not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return default
    parts = urlsplit(wanted)
    return default if parts.scheme or parts.netloc else wanted


def redirect_to(path: str) -> Response:
    """Send the browser on by GET."""
    return make_response(redirect(path, code=HTTPStatus.SEE_OTHER))
