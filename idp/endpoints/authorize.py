"""The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from idp.accounts.errors import NotSignedIn
from idp.accounts.sign_in.stages import stage_url
from idp.core.randomness import digest
from idp.federation.providers.offered import find_offered
from idp.oauth.authorization import authorize as authorization
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.accounts import evaluate_among
from idp.oauth.authorization.decision import (
    Decision,
    Deny,
    Need,
    NeedsChoice,
    NeedsConsent,
    NeedsLogin,
    NeedsStage,
    NoAccess,
    NoWay,
    Proceed,
)
from idp.oauth.authorization.organizations import (
    ClientNotAllowed,
    NeedsOrganization,
    OutsideOrganization,
)
from idp.oauth.authorization.pending import BoundToOtherBrowser, PendingRequest
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.clients.cache import find_client
from idp.oauth.protocol.errors import NonRedirectableError, RefusedRequest
from idp.oauth.protocol.parameters import (
    AUTHORIZATION,
    FORM,
    Parameters,
    read_parameters,
)
from idp.oauth.protocol.response_modes import ResponseMode
from idp.web.authorization.accounts import accounts_here
from idp.web.authorization.error_pages import (
    expired_page,
    non_redirectable_page,
    other_browser_page,
)
from idp.web.authorization.response import authorization_response
from idp.web.browser import csrf
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.browser.session import current_session, forget_session, note_use
from idp.web.callers.requester import this_requester
from idp.web.http.probes import is_probe
from idp.web.http.short import is_short
from idp.web.problems import unless_database_away
from idp.web.redirects import protocol_redirect
from idp.web.refusals.in_flask import explain
from idp.web.refusals.noting import Explanation
from idp.web.unit_of_work import keep, undo

PAGES: Mapping[type[Need], str] = {
    NeedsLogin: "/login",
    NeedsChoice: "/login/select",
    NeedsOrganization: "/login/organization",
    NoAccess: "/no-access",
    OutsideOrganization: "/no-access",
    ClientNotAllowed: "/no-access",
    NeedsConsent: "/consent",
}

bp = Blueprint("authorize", __name__)
log = logging.getLogger("idp.oauth")


@bp.get("/oauth2/authorize")
@is_short
def show_authorization() -> Response:
    """Evaluate a new request, or a pending one that comes back from our pages."""
    parameters = read_parameters(request.query_string, AUTHORIZATION)
    request_id = parameters.get("interaction")
    if request_id and not parameters.get("client_id"):
        return _resume(request_id)
    return _respond(parameters, pending=None)


@bp.post("/oauth2/authorize")
@csrf.exempt  # any site may send a request: it is only stored, and evaluated by GET
def submit_authorization() -> Response:
    """Keep a posted request and continue with a same-origin GET.

    A POST from another site comes without our cookies (SameSite), so nothing could be
    evaluated here; the GET that follows has them.
    """
    if request.mimetype != FORM:
        raise NonRedirectableError("not_a_form")
    parameters = read_parameters(request.get_data(), AUTHORIZATION)
    authorization.read(parameters)
    kept = pending_requests.store(parameters, browser=None, ip=this_requester().ip)
    return protocol_redirect(kept.path)


@bp.app_errorhandler(RefusedRequest)
def answer_refused(refused: RefusedRequest) -> Response:
    """Tell the client what is wrong with its request; the log knows of what."""
    facts = {"client_id": refused.client_id, "error": refused.refusal.error}
    log.info("authorization.refused", extra={**facts, "reason": refused.refusal.reason})
    explain(
        Explanation(
            error=refused.refusal.error,
            check=refused.refusal.reason or "",
            expected=refused.refusal.expected or refused.refusal.hint,
            client_id=refused.client_id,
        )
    )
    return authorization_response(refused.reply_to, refused.refusal.fields())


@bp.app_errorhandler(NonRedirectableError)
@unless_database_away
def answer_non_redirectable(error: NonRedirectableError) -> Response:
    """Show a page of our own: no redirect URI is known to be good."""
    page = non_redirectable_page(error)
    undo() if is_probe() else keep()
    return page


def _resume(request_id: str) -> Response:
    """Evaluate a stored request once more, whatever else the URL says."""
    found = pending_requests.find(request_id, browsers=browser_digests())
    if isinstance(found, BoundToOtherBrowser):
        return other_browser_page(find_client(found.client_id))
    if found is None:
        return expired_page(None)
    return _respond(found.parameters, pending=found)


def _respond(parameters: Parameters, *, pending: PendingRequest | None) -> Response:
    """Answer the client, or lead the user to what is still needed."""
    client, asked = authorization.read(parameters)
    decision = evaluate_among(asked, client, accounts=accounts_here(), pending=pending)
    if is_probe():
        return _status_of(decision, asked)
    if isinstance(decision, Need):
        kept = _keep_pending(parameters, pending)
        if isinstance(decision, NoWay):
            authorization.record_refusal(client, session=current_session())
        first = pending is None or not pending.bound  # else it may go there for ever
        connection = parameters.get("connection") if first else None
        page = _page_for(decision, return_to=kept.path, connection=connection)
        return protocol_redirect(page)
    try:
        return _answer(decision, asked, pending=pending)
    except NotSignedIn:  # the session ended beside this request: evaluate it anew
        undo()
        forget_session()
        return _respond(parameters, pending=pending)


def _status_of(decision: Decision, asked: AuthorizationRequest) -> Response:
    """Tell who only probes what the status would be; nothing is made of that."""
    posts = asked.reply_to.mode is ResponseMode.FORM_POST
    answered = isinstance(decision, Proceed | Deny)
    return Response(status=HTTPStatus.OK if answered and posts else HTTPStatus.FOUND)


def _answer(
    decision: Proceed | Deny,
    asked: AuthorizationRequest,
    *,
    pending: PendingRequest | None,
) -> Response:
    """Give a request its one answer; a tab that comes second is evaluated afresh."""
    if pending and pending.waiting_since and not pending_requests.finish(pending):
        return protocol_redirect(pending.path)
    if isinstance(decision, Deny):
        fields = decision.fields()
        explain(Explanation(error=fields["error"], client_id=asked.client_id))
    else:
        fields = {"code": authorization.grant_code(asked, decision, pending=pending)}
        note_use(decision.session)
    keep()  # nothing is rendered before the commit (form_post)
    return authorization_response(asked.reply_to, fields)


def _keep_pending(
    parameters: Parameters, pending: PendingRequest | None
) -> PendingRequest:
    """Return the stored request to come back to, for this browser."""
    browser = digest(browser_token())
    if pending is None or pending.waiting_since is None:
        ip = this_requester().ip
        return pending_requests.store(parameters, browser=browser, ip=ip)
    if not pending.bound:
        pending_requests.bind(pending, browser=browser)
    return pending


def _page_for(need: Need, *, return_to: str, connection: str | None) -> str:
    """Return the path of the page that asks for what a request needs.

    A ``connection`` takes the place of the sign-in page: it goes to that provider.
    """
    if isinstance(need, NeedsStage):
        return stage_url(need.stage, return_to)
    path = PAGES[type(need)]
    if connection and isinstance(need, NeedsLogin) and find_offered(connection):
        query = urlencode({"return_to": return_to})
        return f"/login/with/{connection}?{query}"
    if isinstance(need, NeedsLogin) and need.create:
        path = "/register"
    return f"{path}?{urlencode({'return_to': return_to})}"
