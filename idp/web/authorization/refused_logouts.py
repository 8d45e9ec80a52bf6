"""The page for logout requests that are not acted on."""

from http import HTTPStatus

from flask import Response
from flask_babel import gettext

from idp.oauth.logout.request import RefusedLogout
from idp.web.authorization.error_pages import record_rejected, sent_names
from idp.web.pages import interaction_page
from idp.web.words import reason_of

SHOWN = ("client_id", "post_logout_redirect_uri")


def refused_logout_page(refusal: RefusedLogout) -> Response:
    """Explain a refusal and offer to sign out here all the same.

    What the request gave is shown as text, never as a link.
    """
    given = sent_names(SHOWN)
    uri = given.get("post_logout_redirect_uri", "")
    record_rejected(
        given.get("client_id"),
        reason=refusal.reason,
        findings=refusal.findings,
        post_logout_redirect_uri=uri.partition("?")[0] or None,
    )
    return interaction_page(
        "logout/refused_logout.html",
        status=HTTPStatus.BAD_REQUEST,
        message=reason_of(refusal.reason),
        details=[
            (gettext("Error"), refusal.reason),
            *given.items(),
            *((gettext("Finding"), finding) for finding in refusal.findings),
        ],
    )
