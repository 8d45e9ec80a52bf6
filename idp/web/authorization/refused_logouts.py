"""The page for logout requests that are not acted on."""

from http import HTTPStatus

from flask import Response
from flask_babel import gettext, lazy_gettext

from idp.oauth.logout.request import RefusedLogout
from idp.security import audit
from idp.web.authorization.error_pages import MAX_CLIENT_ID, sent_names
from idp.web.pages import interaction_page

SHOWN = ("client_id", "post_logout_redirect_uri")
MESSAGES = {
    "hint_invalid": lazy_gettext("Its ID token was not issued here, or was altered."),
    "client_mismatch": lazy_gettext("Its ID token was issued to another app."),
    "client_missing": lazy_gettext("It does not say which app it comes from."),
    "client_unknown": lazy_gettext("It comes from an app that is unknown here."),
    "client_disabled": lazy_gettext("The app has been switched off here."),
    "redirect_uri_mismatch": lazy_gettext(
        "It wants to return to a place that the app has not registered."
    ),
    "parameter_repeated": lazy_gettext("A part of it was sent more than once."),
    "parameter_too_long": lazy_gettext("A part of it is too long."),
    "parameter_garbled": lazy_gettext("A part of it is not readable text."),
    "not_a_form": lazy_gettext("It was not sent as a form."),
}


def refused_logout_page(refusal: RefusedLogout) -> Response:
    """Explain a refusal and offer to sign out here all the same.

    What the request gave is shown as text, never as a link.
    """
    given = sent_names(SHOWN)
    uri = given.get("post_logout_redirect_uri", "")
    audit.record(
        "redirect.rejected",
        outcome="refused",
        client_id=given.get("client_id", "")[:MAX_CLIENT_ID] or None,
        reason=refusal.reason,
        post_logout_redirect_uri=uri.partition("?")[0] or None,
    )
    return interaction_page(
        "logout/refused_logout.html",
        status=HTTPStatus.BAD_REQUEST,
        message=MESSAGES[refusal.reason],
        details=[
            (gettext("Error"), refusal.reason),
            *given.items(),
            *((gettext("Finding"), finding) for finding in refusal.findings),
        ],
    )
