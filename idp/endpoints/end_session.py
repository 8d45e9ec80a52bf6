"""The logout endpoint (OIDC RP-Initiated Logout 1.0 §2)."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, request

from idp.core.db import db
from idp.oauth.logout import pending as pending_logouts
from idp.oauth.logout.request import LogoutRequest, RefusedLogout, read_logout_request
from idp.web.authorization.refused_logouts import refused_page
from idp.web.authorization.response import redirect_status
from idp.web.authorization.sign_out import go_on, leave
from idp.web.browser import csrf
from idp.web.browser.session import current_session
from idp.web.i18n import prefer
from idp.web.problems import unless_database_away

bp = Blueprint("end_session", __name__)

FORM = "application/x-www-form-urlencoded"


@bp.get("/oauth2/logout")
def end_session() -> Response:
    """Sign out at once when the hint is of this very session, else ask first.

    This is a GET that changes state, as the specification wants it: a genuine ID token
    of the session stands for the app in which its person signed out.
    """
    path = request.full_path
    if not path.startswith(pending_logouts.PATH):
        return _respond(read_logout_request(request.query_string), waiting_at=None)
    found = pending_logouts.find_behind(path)
    return _respond(found or LogoutRequest(), waiting_at=path if found else None)


@bp.post("/oauth2/logout")
@csrf.exempt  # any site may send a request here: it is only stored, and judged by GET
def receive() -> Response:
    """Keep a posted request and continue with a same-origin GET, which has cookies."""
    if request.mimetype != FORM:
        raise RefusedLogout("not_a_form")
    path = pending_logouts.store(read_logout_request(request.get_data()))
    db.session.commit()
    return make_response(redirect(path, code=HTTPStatus.SEE_OTHER))


@bp.errorhandler(RefusedLogout)
@unless_database_away
def explain(refusal: RefusedLogout) -> Response:
    """Show why a request is not acted on; it redirects nowhere."""
    db.session.rollback()
    page = refused_page(refusal)
    db.session.commit()
    return page


def _respond(asked: LogoutRequest, *, waiting_at: str | None) -> Response:
    """End the session, or lead to the question, or on if there is nothing to end."""
    prefer(asked.ui_locales)
    live = current_session()
    if live is None:
        return go_on(asked)
    if asked.speaks_of(live) and _is_navigation():
        return leave(live, asked)
    path = waiting_at or pending_logouts.store(asked)
    db.session.commit()
    question = f"/logout?{urlencode({'return_to': path})}"
    return make_response(redirect(question, code=redirect_status()))


def _is_navigation() -> bool:
    """Tell whether somebody goes here, and not a HEAD or a browser that looks ahead."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    return request.method == "GET" and not ahead
