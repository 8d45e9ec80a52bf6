"""Sending a browser on: to a path of ours, or where a client registered."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, request

from idp.web.browser.late_forms import came_late
from idp.web.machine.in_flask import MachineResponse


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


def redirect_to(
    destination: str, *, status: HTTPStatus = HTTPStatus.SEE_OTHER
) -> Response:
    """Send the browser on by GET; the address leaves exactly as it is written.

    Werkzeug would rewrite it: ``com.example.app:///cb`` loses its slashes and hosts
    their case, so a native app would never be called.
    """
    return MachineResponse(b"", status, {"Location": destination})


def protocol_redirect(destination: str) -> Response:
    """Send the browser on from an endpoint of the protocol: 302 after GET and HEAD.

    303 after a POST, so that no browser posts a form on to the client (RFC 9700 §4.12).
    """
    posted = request.method == "POST" or came_late()
    return redirect_to(
        destination, status=HTTPStatus.SEE_OTHER if posted else HTTPStatus.FOUND
    )
