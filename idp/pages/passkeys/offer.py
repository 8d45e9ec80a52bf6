"""/account/passkeys/offer: "Next time without a password?", after one was typed.

Shown once in a while in a browser whose script says that its device makes passkeys, and
never before the answer to an app that counts the minutes since a sign-in.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.factors.passkeys.enrolment import enrol_passkey
from idp.accounts.factors.passkeys.ways_in import worth_offering
from idp.accounts.policies.keys import PASSKEY
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired
from idp.core.randomness import digest
from idp.pages.continuation import (
    HOME,
    Continuation,
    read_continuation,
    restored_path,
    signed_in_response,
)
from idp.pages.passkeys.form import PasskeyForm
from idp.web.browser.cookies import browser_token, set_cookie
from idp.web.browser.session import continue_url, get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to

bp = Blueprint("passkey_offer", __name__, url_prefix="/account/passkeys/offer")

PATH = "/account/passkeys/offer"
COOKIE = "idp-passkey-offer"
NOT_AGAIN_FOR = 90 * 86400  # seconds


def offered_response(
    signed_in: SignedIn | FactorRequired, ahead: Continuation
) -> Response:
    """Send the browser on as ``signed_in_response`` does, by the offer if it is due."""
    if not isinstance(signed_in, SignedIn) or not _due(signed_in, ahead):
        return signed_in_response(signed_in, ahead)
    query = urlencode({"return_to": restored_path(ahead, signed_in)})
    return signed_in_response(signed_in, Continuation(f"{PATH}?{query}"))


@bp.get("")
@login_required
def show_offer() -> Response:
    """Offer to make a passkey, and not again for a while."""
    response = _offer_page(read_continuation())
    set_cookie(response, COOKIE, value="1", max_age=NOT_AGAIN_FOR)
    return response


@bp.post("")
@login_required
def submit_offer() -> Response:
    """Keep the passkey that was made, if one was, and go on with what waits."""
    ahead, form = read_continuation(), PasskeyForm()
    if not form.credential.data:
        return redirect_to(ahead.renewed_path(browser=digest(browser_token())))
    added = enrol_passkey(
        get_session(),
        form.shown(),
        ticket=form.ticket.data or "",
        name=gettext("Passkey"),
        requester=this_requester(),
    )
    if added is None:
        words = gettext("The passkey could not be added. Try again.")
        return _offer_page(ahead, refused=words)
    return signed_in_response(SignedIn(added.session), ahead)


def _due(signed_in: SignedIn, ahead: Continuation) -> bool:
    """Tell whether a passkey is to be offered before the browser goes on."""
    session = signed_in.session
    if COOKIE in request.cookies or ahead.wants_fresh_proof or ahead.reauthenticate:
        return False
    nothing_first = continue_url(session, HOME) == HOME
    return nothing_first and PASSKEY in ahead.ways and worth_offering(session)


def _offer_page(ahead: Continuation, *, refused: str | None = None) -> Response:
    """Render the page."""
    return interaction_page(
        "sign_in/passkey_offer.html",
        form=PasskeyForm(formdata=None),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused,
    )
