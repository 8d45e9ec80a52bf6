"""/api/auth: is somebody signed in; sign out."""

from contextlib import suppress
from http import HTTPStatus

from flask import Response, request

from idp.accounts.access.principal import Principal
from idp.accounts.sessions.find import find_session
from idp.api.session_status.answers import Status, StatusAnswer, status_of
from idp.api.sign_out import drop_cookies, end_behind, end_in_browser
from idp.core.errors import IdpError
from idp.oauth.tokens import account_tokens
from idp.oauth.tokens.account_tokens import SessionClaims
from idp.web.callers.bearer import InvalidToken, bearer_token
from idp.web.json.models import Answer
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("session_status_api", __name__, tag="Session status")


class StatusAndSession(Answer):
    """How it stands with the session; ``auth`` is null when there is none."""

    status: Status
    auth: SessionClaims | None


class NotByNavigation(IdpError):
    """A GET that would sign out: a link, a prefetch, or another site."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = "Sign out with POST, or with a fetch from a page of this site."
    headers = {"Allow": "POST"}  # noqa: RUF012 - the base class declares it


@api.operation(
    "GET",
    "/api/auth",
    id="session_status_api_status",
    auth=Auth.OPTIONAL,
    answers={200: StatusAndSession},
    before_password_change=True,
    before_enrolment=True,
)
def status(who: Principal | None) -> StatusAndSession:
    """Say whether somebody is signed in; `auth` describes the session."""
    live = find_session(who.session_id) if who else None
    auth = account_tokens.session_claims(live) if live else None
    return StatusAndSession(status=status_of(live), auth=auth)


@api.operation(
    "POST",
    "/api/auth/logout",
    id="session_status_api_sign_out",
    auth=Auth.OWN,
    answers={200: StatusAnswer},
)
def sign_out() -> Response:
    """Sign out, whoever is signed in or not."""
    token = bearer_token()
    if token is not None:
        with suppress(InvalidToken):  # what is no token has nothing to end
            end_behind(token)
        return reply(StatusAnswer(status="logout"))
    end_in_browser()
    return drop_cookies(reply(StatusAnswer(status="logout")))


@api.operation(
    "GET",
    "/api/auth/logout",
    id="session_status_api_sign_out_by_fetch",
    auth=Auth.OWN,
    answers={200: StatusAnswer},
    refusals=(NotByNavigation,),
)
def sign_out_by_fetch() -> Response:
    """Sign out by a `fetch` from a page of this site; any other GET changes nothing."""
    if not _fetched_by_own_page():
        raise NotByNavigation
    end_in_browser(proven=True)
    return drop_cookies(reply(StatusAnswer(status="logout")))


def _fetched_by_own_page() -> bool:
    """Tell whether a script of this origin asks; only a browser writes these headers.

    (W3C Fetch Metadata §2; ``Sec-Purpose`` marks what nobody has asked for yet.)
    """
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("Sec-Fetch-Site") == "same-origin"
        and headers.get("Sec-Fetch-Mode") not in (None, "navigate")
        and "prefetch" not in headers.get("Sec-Purpose", "")
    )
