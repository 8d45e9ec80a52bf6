"""The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2)."""

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from idp.accounts.errors import NotSignedIn
from idp.core.db import commit_if_used, db
from idp.core.randomness import digest
from idp.oauth.authorization import authorize as authorization
from idp.oauth.authorization import pending as interactions
from idp.oauth.authorization.decision import Deny, Need, Proceed
from idp.oauth.authorization.pending import Elsewhere, Pending
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.clients.cache import find_client
from idp.oauth.protocol.errors import RefusedRequest, Unanswerable
from idp.oauth.protocol.parameters import Parameters, parse_parameters
from idp.web.authorization.decision_pages import page_for
from idp.web.authorization.error_pages import (
    elsewhere_page,
    expired_page,
    unanswerable_page,
)
from idp.web.authorization.response import authorization_response, redirect_status
from idp.web.browser import csrf
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.browser.session import current_session, forget_session
from idp.web.problems import unless_database_away

bp = Blueprint("authorize", __name__)

FORM = "application/x-www-form-urlencoded"


@bp.get("/oauth2/authorize")
def authorize() -> ResponseReturnValue:
    """Judge a new request, or a pending one that comes back from our pages."""
    parameters = parse_parameters(request.query_string)
    interaction_id = parameters.get("interaction")
    if interaction_id and not parameters.get("client_id"):
        return _resume(interaction_id)
    return _respond(parameters, pending=None)


@bp.post("/oauth2/authorize")
@csrf.exempt  # any site may send a request here: it is only stored, and judged by GET
def receive() -> ResponseReturnValue:
    """Keep a posted request and continue with a same-origin GET.

    A POST from another site comes without our cookies (SameSite), so nothing could be
    judged here; the GET that follows has them.
    """
    if request.mimetype != FORM:
        raise Unanswerable("not_a_form")
    parameters = parse_parameters(request.get_data())
    authorization.read(parameters)
    pending = interactions.store(parameters, browser=None)
    db.session.commit()
    return _send_to(pending.path)


@bp.app_errorhandler(RefusedRequest)
def refuse(refused: RefusedRequest) -> Response:
    """Tell the client what is wrong with its request."""
    db.session.rollback()
    return authorization_response(refused.reply_to, refused.refusal.fields())


@bp.app_errorhandler(Unanswerable)
@unless_database_away
def explain(refusal: Unanswerable) -> Response:
    """Show a page of our own, because there is nobody to redirect to."""
    db.session.rollback()
    page = unanswerable_page(refusal)
    db.session.commit()
    return page


def _resume(interaction_id: str) -> Response:
    """Judge a stored request once more, whatever else the URL says."""
    found = interactions.find(interaction_id, browsers=browser_digests())
    if isinstance(found, Elsewhere):
        return elsewhere_page(find_client(found.client_id))
    if found is None:
        return expired_page(None)
    return _respond(found.parameters, pending=found)


def _respond(parameters: Parameters, *, pending: Pending | None) -> Response:
    """Answer the client, or lead the person to what is still needed."""
    client, asked = authorization.read(parameters)
    decision = authorization.judge(
        asked, client, session=current_session(), pending=pending
    )
    if isinstance(decision, Need):
        waiting = _keep_waiting(parameters, pending)
        db.session.commit()
        return _send_to(page_for(decision, return_to=waiting.path))
    try:
        return _answer(decision, asked, pending=pending)
    except NotSignedIn:  # the session ended beside this request: judge it anew
        db.session.rollback()
        forget_session()
        return _respond(parameters, pending=pending)


def _answer(
    verdict: Proceed | Deny, asked: AuthorizationRequest, *, pending: Pending | None
) -> Response:
    """Give a request its one answer; a tab that comes second is judged afresh."""
    if pending and pending.waiting_since and not interactions.finish(pending):
        return _send_to(pending.path)
    if isinstance(verdict, Deny):
        fields = verdict.fields()
    else:
        fields = {"code": authorization.grant_code(asked, verdict)}
    commit_if_used()
    return authorization_response(asked.reply_to, fields)


def _keep_waiting(parameters: Parameters, pending: Pending | None) -> Pending:
    """Return the stored request to come back to, for this browser."""
    browser = digest(browser_token())
    if pending is None or pending.waiting_since is None:
        return interactions.store(parameters, browser=browser)
    if not pending.bound:
        interactions.bind(pending, browser=browser)
    return pending


def _send_to(path: str) -> Response:
    """Send the browser on to a page of ours."""
    return make_response(redirect(path, code=redirect_status()))
