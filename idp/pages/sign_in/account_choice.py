"""/login/select: which of the browser's accounts goes on, or signs out.

Asked for by clients (``prompt=select_account``, a hint; OIDC Core §3.1.2.1), and of who
switches between accounts.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response
from wtforms import HiddenField

from idp.accounts.errors import NotSignedIn
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.switch import Switched, switch_account
from idp.core.randomness import digest
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.pending import PendingRequest
from idp.oauth.authorization.questions import is_account_asked
from idp.oauth.logout.request import LogoutRequest
from idp.pages.continuation import (
    Continuation,
    read_continuation,
    redirect_to_pending,
)
from idp.web.authorization.accounts import accounts_here
from idp.web.authorization.sign_out_response import sign_out_of_accounts
from idp.web.browser.accounts import browser_sessions, switch_browser
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.browser.further import may_have_further
from idp.web.browser.session import continue_url, current_session
from idp.web.forms import PageForm
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = "/login/select"
EVERY_ACCOUNT = "all"

bp = Blueprint("account_choice", __name__)


class ChoiceForm(PageForm):
    """What the chooser sends back.

    ``account`` is the user who goes on, ``sign_out`` one who signs out, or all;
    ``active`` who was active on the page, if anybody.
    """

    return_to = HiddenField()
    request = HiddenField()
    account = HiddenField()
    sign_out = HiddenField()
    active = HiddenField()


@bp.get(PATH)
def show_account_choice() -> Response:
    """Show the accounts of this browser, or go on where there is nothing to choose."""
    ahead = read_continuation()
    if not _is_open(ahead):
        return redirect_to_pending(ahead.return_to, sent_copy=None)
    return _choice_page(ahead)


@bp.post(PATH)
def submit_account_choice() -> Response:
    """Go on with an account, or sign out of one or all.

    One that was signed out meanwhile is shown no more.
    """
    ahead, form = read_continuation(), ChoiceForm()
    if _is_late(form):
        return redirect_to(ahead.url(PATH))
    if form.sign_out.data:
        return _sign_out(form.sign_out.data, ahead)
    chosen = _find_account(form.account.data)
    if chosen:
        return _go_on(chosen, ahead)
    if not _is_open(ahead):
        return redirect_to_pending(ahead.return_to, sent_copy=ahead.sent_copy)
    return _choice_page(ahead)


def _is_open(ahead: Continuation) -> bool:
    """Tell whether there is something to choose here.

    With one account there is where a request asks, or where none waits and the menu
    led here, which does not know that the others are over.
    """
    sessions = browser_sessions()
    if not sessions:
        return False
    if len(sessions) > 1 or not current_session():
        return True
    if may_have_further() and not pending_requests.is_path(ahead.return_to):
        return True
    return is_account_asked(
        ahead.return_to, browsers=browser_digests(), accounts=accounts_here()
    )


def _is_late(form: ChoiceForm) -> bool:
    """Tell whether who was active on the page is so no more.

    Another tab may have switched, whose cookies this request did not have yet: to send
    others would lose the sessions that those hold.
    """
    active = current_session()
    return bool(form.active.data) and (
        active is None or active.user_id != form.active.data
    )


def _find_account(user_id: str | None) -> LiveSession | None:
    """Return the session of one of the browser's users."""
    return next((live for live in browser_sessions() if live.user_id == user_id), None)


def _go_on(chosen: LiveSession, ahead: Continuation) -> Response:
    """Go on as one of the users, for exactly the request that was shown."""
    active = current_session()
    if active and chosen.id == active.id:
        _choose_for(ahead, chosen)
        return redirect_to(_onward(chosen, ahead, token=browser_token()))
    try:
        switched = switch_account(chosen, leaving=active)
    except NotSignedIn:  # another tab was first: its cookies hold
        undo()
        return redirect_to(ahead.url(PATH))
    return _switched_response(switched, ahead)


def _switched_response(switched: Switched, ahead: Continuation) -> Response:
    """Send the browser on with the cookies of a switch, to what is due there."""
    _choose_for(ahead, switched.session)
    onward = _onward(switched.session, ahead, token=switched.token)
    return switch_browser(redirect_to(onward), switched)


def _choose_for(ahead: Continuation, chosen: LiveSession) -> None:
    """Keep the choice for the request that waits."""
    pending = ahead.pending
    if isinstance(pending, PendingRequest) and pending.waiting_since:
        pending_requests.choose(pending, user_id=chosen.user_id)


def _onward(chosen: LiveSession, ahead: Continuation, *, token: str) -> str:
    """Return where a user goes on: to what is due of them, or the request."""
    return continue_url(chosen, ahead.renewed_path(browser=digest(token)))


def _sign_out(whom: str, ahead: Continuation) -> Response:
    """End the session of one account, or all; who is left may go on."""
    if whom == EVERY_ACCOUNT:
        return sign_out_of_accounts(browser_sessions(), LogoutRequest())
    found = _find_account(whom)
    here = ahead.url(PATH)
    if found is None:
        return redirect_to(here)
    return sign_out_of_accounts([found], LogoutRequest(), onward=here)


def _choice_page(ahead: Continuation) -> Response:
    """Render the chooser in the language that the client asked for."""
    active = current_session()
    active_id = active.user_id if active else ""
    return interaction_page(
        "sign_in/account_choice.html",
        form=ChoiceForm(formdata=None),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        accounts=browser_sessions(),
        active_id=active_id,
        every_account=EVERY_ACCOUNT,
        switch_url=ahead.url("/login", switch="1"),
        logout_url=f"/logout?{urlencode({'return_to': ahead.return_to})}",
    )
