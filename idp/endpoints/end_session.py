"""The logout endpoint (OIDC RP-Initiated Logout 1.0 §2)."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from idp.oauth.logout import pending as pending_logouts
from idp.oauth.logout.request import LogoutRequest, RefusedLogout, read_logout_request
from idp.oauth.protocol.parameters import FORM
from idp.web.authorization.refused_logouts import refused_logout_page
from idp.web.authorization.sign_out_response import (
    complete_logout,
    complete_logout_without_session,
    sign_out_of_accounts,
    signed_out_response,
)
from idp.web.browser import csrf
from idp.web.browser.further import further_sessions
from idp.web.browser.session import current_session
from idp.web.callers.requester import this_requester
from idp.web.http.probes import is_probe
from idp.web.i18n import prefer
from idp.web.problems import unless_database_away
from idp.web.redirects import protocol_redirect, redirect_to
from idp.web.unit_of_work import keep

bp = Blueprint("end_session", __name__)


@bp.get("/oauth2/logout")
def show_end_session() -> Response:
    """Sign out at once unless the browser has a live session that the hint is not of.

    This is a GET that changes state, as the specification wants it: a genuine ID token
    of the session stands for the client at which its user signed out, whether or not
    the browser still shows the cookie.
    """
    path = request.full_path
    if not path.startswith(pending_logouts.PATH):
        return _respond(read_logout_request(request.query_string), pending_at=None)
    found = pending_logouts.find_by_path(path)
    return _respond(found or LogoutRequest(), pending_at=path if found else None)


@bp.post("/oauth2/logout")
@csrf.exempt  # any site may send a request: it is only stored, and evaluated by GET
def submit_end_session() -> Response:
    """Keep a posted request and continue with a same-origin GET, which has cookies."""
    if request.mimetype != FORM:
        raise RefusedLogout("not_a_form")
    asked = read_logout_request(request.get_data())
    return redirect_to(pending_logouts.store(asked, ip=this_requester().ip))


@bp.errorhandler(RefusedLogout)
@unless_database_away
def explain(refusal: RefusedLogout) -> Response:
    """Show why a request is not acted on; it redirects nowhere."""
    page = refused_logout_page(refusal)
    keep()
    return page


def _respond(asked: LogoutRequest, *, pending_at: str | None) -> Response:
    """End the session, or lead to the question, or on if there is nothing to end.

    Of several accounts of the browser the one that the hint is about.
    """
    prefer(lambda: asked.ui_locales)
    live = current_session()
    if live is None:
        # Without a hint this is a link like any other: a run-out session is left alone.
        if asked.sid and not is_probe():
            return complete_logout_without_session(asked)
        return signed_out_response(asked)
    if asked.speaks_of(live) and not is_probe():
        return complete_logout(live, asked)
    meant = [other for other in further_sessions(live) if asked.speaks_of(other)]
    if meant and not is_probe():
        return sign_out_of_accounts(meant, asked)
    path = pending_at or pending_logouts.store(asked, ip=this_requester().ip)
    return protocol_redirect(f"/logout?{urlencode({'return_to': path})}")
