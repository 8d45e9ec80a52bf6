"""/login/provider/link: is what a provider has vouched for the user's own?"""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import is_fresh
from idp.core.randomness import digest
from idp.federation.links.changes import link
from idp.federation.links.errors import AnotherLinked, LinkedElsewhere
from idp.federation.providers.offered import find_usable
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.outcomes import Visit, WaitsFor
from idp.federation.sign_in.waiting import HeldIdentity, find_held, spend_held
from idp.pages.forms import ConfirmForm
from idp.pages.providers.outcome import continuation_of, lost_page, outcome_response
from idp.web.browser.cookies import keep_last_provider, provider_token
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import (
    continue_url,
    get_session,
    login_required,
    session_request,
    sign_in_browser,
)
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH, KNOWN = WaitsFor.LINK.value, WaitsFor.SIGN_IN.value
bp = Blueprint("provider_link", __name__)


@bp.get(KNOWN)
def show_known() -> Response:
    """Say that there is an account with the address, which is signed in to first."""
    found = _find(request.args.get("identity", ""))
    if found is None:
        return lost_page()
    held, provider = found
    onward = f"{PATH}?{urlencode({'identity': request.args['identity']})}"
    return interaction_page(
        "sign_in/provider_known.html",
        provider_name=provider.name,
        address=held.identity.email,
        login_url=f"/login?{urlencode({'return_to': onward})}",
        client_name=continuation_of(held.ahead).client_name,
    )


@bp.get(PATH)
@login_required
def show_link() -> Response:
    """Ask who is signed in; only the button links."""
    token = request.args.get("identity", "")
    found = _find(token)
    if found is None:
        return lost_page()
    held, provider = found
    live = get_session()
    if not _is_for(held, live):
        return _other_account(held, provider)
    return interaction_page(
        "sign_in/provider_link.html",
        form=ConfirmForm(),
        token=token,
        provider_name=provider.name,
        address=held.identity.email,
        account=live.email,
        skip_url=continue_url(live, held.ahead.return_to),
        client_name=continuation_of(held.ahead).client_name,
    )


@bp.post(PATH)
@login_required
def submit_link() -> Response:
    """Link, once, after a proof of the last minutes; go on where the user was.

    The form is of one session: where another is active by now it is asked anew.
    """
    live, token = get_session(), request.form.get("identity", "")
    found = _find(token)
    if found is None:
        return lost_page()
    held, provider = found
    if not _is_for(held, live):
        return _other_account(held, provider)
    if not is_fresh(live):
        return confirm_first(live, f"{PATH}?{urlencode({'identity': token})}")
    return _link(live, held, provider=provider)


def _link(live: LiveSession, held: HeldIdentity, *, provider: Provider) -> Response:
    """Take what waits, once, and link it."""
    if not spend_held(held):
        return lost_page()
    try:
        session = link(live, held.identity, requester=this_requester())
    except (AnotherLinked, LinkedElsewhere) as refusal:
        undo()
        visit = Visit(provider, held.ahead, session_request())
        return outcome_response(visit.decline(refusal.code))
    ahead = continuation_of(held.ahead)
    path = ahead.renewed_path(browser=digest(session.token))
    response = redirect_to(continue_url(session, path))
    response = sign_in_browser(response, SignedIn(session))
    return keep_last_provider(response, provider.id)


def _is_for(held: HeldIdentity, live: LiveSession) -> bool:
    """Tell whether an identity may be linked to who is signed in by now."""
    return held.user_id in (None, live.user_id)


def _other_account(held: HeldIdentity, provider: Provider) -> Response:
    """Say that another account is active than the one that wanted the link."""
    visit = Visit(provider, held.ahead, session_request())
    return outcome_response(visit.decline("other_account"))


def _find(token: str) -> tuple[HeldIdentity, Provider] | None:
    """Return what waits in this browser, and who has vouched for it."""
    held = find_held(token, browser=provider_token())
    provider = find_usable(held.identity.provider_id) if held else None
    return (held, provider) if held and provider else None
