"""Authorization responses on HTTP: the redirect, or the page that posts (RFC 9207)."""

from collections.abc import Mapping

from flask import Response

from idp.core.context import current
from idp.core.log import request_id
from idp.core.settings.server import ServerSettings
from idp.oauth.protocol.response_modes import ReplyTo, ResponseMode, with_query
from idp.web.pages import interaction_page
from idp.web.redirects import protocol_redirect


def authorization_response(reply_to: ReplyTo, answer: Mapping[str, str]) -> Response:
    """Answer the client with a code or an error, and ``state`` and ``iss``.

    What carries a code is not cached and names no referrer. An error has the reference
    of its request: the client never sees the headers of a redirection, and ignores
    what it does not know (RFC 6749 §4.1.2).
    """
    fields = reply_to.fields(answer, issuer=current(ServerSettings).issuer)
    if "error" in fields:
        fields["request_id"] = request_id()
    if reply_to.mode is ResponseMode.FORM_POST:
        return interaction_page(
            "authorization/form_post.html",
            framed_by=reply_to.framed_by,
            action=reply_to.redirect_uri,
            fields=list(fields.items()),
            client_name=reply_to.client_name,
        )
    response = protocol_redirect(with_query(reply_to.redirect_uri, fields))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
