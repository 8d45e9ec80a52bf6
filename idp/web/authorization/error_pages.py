"""Pages for authorization requests that cannot be answered or carried on."""

from http import HTTPStatus

from flask import Response, request
from flask_babel import gettext, lazy_gettext

from idp.core.clock import utcnow
from idp.oauth.authorization.launcher import start_of
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.errors import NonRedirectableError
from idp.oauth.protocol.parameters import decode_pairs
from idp.oauth.protocol.redirect_uris import origin_of
from idp.security import audit
from idp.web.pages import interaction_page
from idp.web.refusals.in_flask import explain
from idp.web.refusals.noting import Explanation
from idp.web.words import reason_of

MAX_SHOWN = 1024

TITLE = lazy_gettext("This sign-in request can’t be completed")


def non_redirectable_page(refusal: NonRedirectableError) -> Response:
    """Explain a request that must not be answered by redirect (RFC 6749 §4.1.2.1).

    What the request gave is shown as text, never as a link. The reference on the page
    is the request id, under which the audit log has the refusal.
    """
    given = sent_names(("client_id", "redirect_uri"))
    record_rejected(
        given.get("client_id"),
        reason=refusal.reason,
        findings=refusal.findings,
        redirect_uri=given.get("redirect_uri", "").partition("?")[0] or None,
    )
    return interaction_page(
        "authorization/authorization_error.html",
        status=HTTPStatus.BAD_REQUEST,
        title=TITLE,
        message=reason_of(refusal.reason),
        occurred_at=utcnow(),
        client_name=refusal.client_name,
        details=[
            (gettext("Error"), refusal.reason),
            *given.items(),
            *((gettext("Finding"), finding) for finding in refusal.findings),
        ],
    )


def record_rejected(
    client_id: str | None,
    *,
    reason: str,
    findings: tuple[str, ...],
    **detail: str | None,
) -> None:
    """Say who was not led on, and why; only a registered client is named."""
    client = find_client(client_id)
    named = client.client_id if client else None
    explain(
        Explanation(error=reason, expected="; ".join(findings), client_id=named or "")
    )
    audit.record(
        "redirect.rejected",
        outcome="refused",
        client_id=named,
        reason=reason,
        **detail,
    )


def sent_names(names: tuple[str, ...]) -> dict[str, str]:
    """Return what the request said of these, as far as it is text."""
    pairs = decode_pairs(request.query_string or request.get_data())
    return {
        name: _readable(value[:MAX_SHOWN])
        for name, value in pairs
        if name in names and value
    }


def other_browser_page(client: ClientView | None) -> Response:
    """Say that another browser began this request, and lead back to the client."""
    return interaction_page(
        "errors/page.html",
        status=HTTPStatus.BAD_REQUEST,
        title=gettext("This sign-in belongs to another browser"),
        message=gettext(
            "It was started in another browser, or before you signed out in this one. "
            "Go back to the app and start again here."
        ),
        **_way_back(client),
    )


def expired_page(client: ClientView | None) -> Response:
    """Say that a pending request is gone, and lead back to the client."""
    return interaction_page(
        "authorization/expired.html",
        status=HTTPStatus.BAD_REQUEST,
        **_way_back(client),
    )


def start_url(client: ClientView) -> str | None:
    """Return where a user starts the client, or the origin where it is called back."""
    start = start_of(
        initiate_login_uri=client.initiate_login_uri, client_uri=client.client_uri
    )
    return start or next(filter(None, map(origin_of, client.redirect_uris)), None)


def _readable(text: str) -> str:
    """Return text that a page and the audit log can hold, whatever it was made of."""
    printable = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return printable.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _way_back(client: ClientView | None) -> dict[str, object]:
    """Return the button to the client's start page, if one is known."""
    home = start_url(client) if client else None
    if client is None or home is None:
        return {"client_name": client and client.client_name, "action_url": None}
    return {
        "client_name": client.client_name,
        "action_url": home,
        "action_label": gettext("Back to %(client)s", client=client.client_name),
    }
