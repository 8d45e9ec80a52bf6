"""/login/passkey: sign in with a passkey, which takes a script."""

from flask import Blueprint, Response, jsonify
from flask_babel import gettext

from idp.accounts.sign_in import passkey
from idp.accounts.sign_in.passkey import PasskeyRefused
from idp.pages.continuation import read_continuation, signed_in_response
from idp.pages.forms import LoginForm
from idp.pages.passkeys.form import PasskeyForm
from idp.pages.sign_in.login import Step, login_page
from idp.web.browser.cookies import browser_digests
from idp.web.browser.session import session_request
from idp.web.callers.requester import this_requester

bp = Blueprint("passkey_page", __name__, url_prefix="/login/passkey")


@bp.post("/options")
def give_options() -> Response:
    """Give the page's script what to ask an authenticator with."""
    ticket, options = passkey.begin(
        None,
        browser=next(iter(browser_digests()), None),
        requester=this_requester(),
    )
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
    )
    if not isinstance(outcome, PasskeyRefused):
        return signed_in_response(outcome, ahead)
    words = gettext("No passkey was used. Try again or use another way.")
    return login_page(
        LoginForm(formdata=None),
        ahead,
        refused=words,
        step=Step.NAME,
        signals=outcome.signals,
    )
