"""What a browser is shown that comes back from another provider."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response

from idp.accounts.lifecycle.undo import offer_undo
from idp.accounts.policies.keys import PASSWORD
from idp.accounts.registration.admission import Admission
from idp.federation.sign_in.outcomes import (
    Arrived,
    AwaitsApproval,
    Deleting,
    Lost,
    NobodySignedIn,
    OtherBrowser,
    Outcome,
    Waits,
)
from idp.federation.sign_in.requests import Ahead
from idp.pages.continuation import Continuation, signed_in_response
from idp.pages.providers.words import words_of
from idp.pages.sign_in.closed import AWAITS_APPROVAL
from idp.web.browser.cookies import keep_last_provider
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to

CANCELLED = "cancelled"


def outcome_response(outcome: Outcome) -> Response:
    """Send the browser on, or say why nobody is signed in."""
    match outcome:
        case Arrived(provider, ahead, signed_in):
            response = signed_in_response(signed_in, continuation_of(ahead))
            return keep_last_provider(response, provider.id)
        case NobodySignedIn():
            return _declined_response(outcome)
        case OtherBrowser(provider):
            return _trouble_page(words_of("browser", provider.name))
        case Lost():
            return lost_page()
        case AwaitsApproval():
            return redirect_to(AWAITS_APPROVAL)
    return redirect_to(_onward(outcome))


def lost_page() -> Response:
    """Say that a sign-in elsewhere is over, or was finished in another window."""
    return _trouble_page(words_of("lost", ""))


def continuation_of(ahead: Ahead) -> Continuation:
    """Return where a page leads, as pages of the sign-in know it."""
    return Continuation(ahead.return_to, ahead.sent_copy)


def goal_of(ahead: Ahead) -> Admission:
    """Return where a sign-up there leads."""
    return continuation_of(ahead).goal


def _onward(outcome: Waits | Deleting) -> str:
    """Return the page of what an identity, or its account, waits for."""
    if isinstance(outcome, Deleting):
        undo = offer_undo(outcome.user_id)
        return undo.path if undo else "/login"
    return f"{outcome.wanted.value}?{urlencode({'identity': outcome.token})}"


def _declined_response(outcome: NobodySignedIn) -> Response:
    """Say what went wrong, with the way back to the other ways to sign in.

    Who said no themselves knows that, and goes back at once.
    """
    if outcome.reason == CANCELLED:
        return redirect_to(_login_url(outcome.ahead))
    name = outcome.provider.name
    words = words_of("away" if outcome.away else outcome.reason, name)
    status = HTTPStatus.SERVICE_UNAVAILABLE if outcome.away else HTTPStatus.BAD_REQUEST
    here = {"by": PASSWORD} if outcome.away else {}  # owners get in all the same
    url = _login_url(outcome.ahead, **here)
    return _trouble_page(words, login_url=url, status=status)


def _trouble_page(
    words: str,
    *,
    login_url: str = "/login",
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
) -> Response:
    """Render the page."""
    return interaction_page(
        "sign_in/provider_trouble.html",
        status=status,
        words=words,
        login_url=login_url,
        client_name=None,
    )


def _login_url(ahead: Ahead, **query: str) -> str:
    """Return the sign-in page that leads to the same place."""
    onward = continuation_of(ahead)
    return onward.url("/login", **onward.copy_to_send, **query)
