"""/login/passkey: sign in with a passkey, which takes a script."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from flask_babel import gettext

from idp.accounts.policies.ways import SoleProvider
from idp.accounts.sign_in import passkey
from idp.accounts.sign_in.passkey import PasskeyRefused
from idp.accounts.sign_in.ways.allowed import AccountPending, WayNotAllowed
from idp.pages.continuation import read_continuation, signed_in_response
from idp.pages.forms import LoginForm
from idp.pages.passkeys.form import PasskeyForm
from idp.pages.providers.begin import sent_to_sole
from idp.pages.sign_in.closed import AWAITS_APPROVAL
from idp.pages.sign_in.login import Step, login_page
from idp.web.browser.cookies import browser_digests
from idp.web.browser.session import session_request
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.words import no_passkeys

bp = Blueprint("passkey_page", __name__, url_prefix="/login/passkey")


@bp.post("/options")
def give_options() -> Response:
    """Give the page's script what to ask an authenticator with."""
    begun = passkey.begin(
        None,
        browser=next(iter(browser_digests()), None),
        requester=this_requester(),
    )
    if isinstance(begun, WayNotAllowed):
        return Response(status=HTTPStatus.CONFLICT)
    ticket, options = begun
    return jsonify(ticket=ticket, options=options)


@bp.post("")
def submit_passkey() -> Response:
    """Judge a passkey."""
    ahead, form = read_continuation(), PasskeyForm()
    outcome = passkey.sign_in_with_passkey(
        form.shown(),
        ticket=form.ticket.data or "",
        browsers=browser_digests(),
        request=session_request(remember=form.remember.data),
        client_id=ahead.client_id,
    )
    if isinstance(outcome, SoleProvider):
        return sent_to_sole(outcome, ahead)
    if isinstance(outcome, AccountPending):
        return redirect_to(AWAITS_APPROVAL)
    if not isinstance(outcome, PasskeyRefused | WayNotAllowed):
        return signed_in_response(outcome, ahead)
    form = LoginForm(formdata=None)
    if isinstance(outcome, WayNotAllowed):
        return login_page(form, ahead, refused=no_passkeys(), step=Step.NAME)
    words = gettext("No passkey was used. Try again or use another way.")
    return login_page(
        form, ahead, refused=words, step=Step.NAME, signals=outcome.signals
    )
