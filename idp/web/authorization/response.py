"""Authorization responses on HTTP: the redirect, or the page that posts (RFC 9207)."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.oauth.protocol.response_modes import ReplyTo, ResponseMode, with_query
from idp.web.machine.in_flask import MachineResponse
from idp.web.pages import interaction_page


def authorization_response(reply_to: ReplyTo, answer: Mapping[str, str]) -> Response:
    """Answer the client with a code or an error, and ``state`` and ``iss``.

    303 after a POST, so that no browser posts a form on to the app (RFC 9700 §4.12).
    What carries a code is not cached and names no referrer.
    """
    fields = reply_to.fields(answer, issuer=current(ServerSettings).issuer)
    if reply_to.mode is ResponseMode.FORM_POST:
        return interaction_page(
            "authorization/form_post.html",
            action=reply_to.redirect_uri,
            fields=list(fields.items()),
            client_name=reply_to.client_name,
        )
    onward = send_on(with_query(reply_to.redirect_uri, fields))
    onward.headers["Referrer-Policy"] = "no-referrer"
    return onward


def send_on(destination: str) -> Response:
    """Send the browser to an app; the address leaves exactly as it is written.

    Werkzeug would rewrite it: ``com.example.app:///cb`` loses its slashes and hosts
    their case, so a native app would never be called.
    """
    return MachineResponse(b"", redirect_status(), {"Location": destination})


def redirect_status() -> HTTPStatus:
    """Return the redirect that makes every browser continue with a GET."""
    return HTTPStatus.FOUND if request.method == "GET" else HTTPStatus.SEE_OTHER
