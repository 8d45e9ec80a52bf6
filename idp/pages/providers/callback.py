"""/oauth2/callback: where browsers come back from other providers."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from idp.federation.providers.offered import find_offered
from idp.federation.sign_in.come_back import come_back
from idp.federation.sign_in.requests import hold_answer
from idp.federation.upstream.responses import kept_fields
from idp.pages.providers.outcome import goal_of, lost_page, outcome_response
from idp.web.browser import csrf
from idp.web.browser.cookies import browser_token, provider_token
from idp.web.browser.session import session_request
from idp.web.http.probes import is_probe
from idp.web.redirects import redirect_to

PATH = "/oauth2/callback"
bp = Blueprint("provider_callback", __name__)


@bp.get(f"{PATH}/<provider_id>")
def show_callback(provider_id: str) -> Response:
    """Judge an answer: ``state`` makes it this browser's own (security.md §7)."""
    if is_probe():
        return lost_page()
    outcome = come_back(
        provider_id,
        _fields(request.args),
        browser=provider_token(),
        registration=browser_token(),
        request=session_request(),
        goal_of=goal_of,
    )
    return outcome_response(outcome)


@bp.post(f"{PATH}/<provider_id>")
@csrf.exempt  # another site posts it, without our cookies: it is only stored
def submit_callback(provider_id: str) -> Response:
    """Keep a posted answer and continue with a same-origin GET, which has cookies."""
    fields = _fields(request.form)
    if find_offered(provider_id):
        hold_answer(provider_id, fields)
    query = urlencode({"state": fields.get("state", "")})
    return _lead_to_callback(provider_id, query)


@bp.get("/auth/oauth/<provider_id>/callback")
def show_other_callback(provider_id: str) -> Response:
    """Lead to the one address that is registered at providers."""
    query = request.query_string.decode("ascii", "replace")
    return _lead_to_callback(provider_id, query)


@bp.get("/auth/oauth/<provider_id>/authorize")
def show_provider_first(provider_id: str) -> Response:
    """Begin an authorization request that goes straight to a provider."""
    given = [pair for pair in request.args.items(multi=True) if pair[0] != "connection"]
    query = urlencode([*given, ("connection", provider_id)])
    return redirect_to(f"/oauth2/authorize?{query}")


def _lead_to_callback(provider_id: str, query: str) -> Response:
    """Send the browser on by GET; the id, which may be any text, ends no header."""
    return redirect_to(f"{PATH}/{quote(provider_id, safe='')}?{query}")


def _fields(given: Mapping[str, str]) -> dict[str, str]:
    """Return what is looked at of an answer."""
    return kept_fields({name: given[name] for name in given})
