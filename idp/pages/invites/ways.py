"""/invite/welcome: by what somebody signs in from now on whom an invite signed in."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from idp.accounts.factors.passkeys.ways_in import opens_without_password, worth_offering
from idp.accounts.policies.keys import MAGIC_LINK, PASSWORD
from idp.accounts.policies.ways import ways_of
from idp.accounts.users import get_user
from idp.organizations.invites.opening import onward_of
from idp.pages.continuation import HOME, Continuation
from idp.web.browser.session import get_session, login_required
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to

PATH = "/invite/welcome"

bp = Blueprint("invite_ways", __name__)


@bp.get(PATH)
@login_required
def show_ways() -> Response:
    """Offer a password or a passkey to who has neither; they may go without.

    Then they are led to the app that the invite was for, if any.
    """
    live, leads_to = get_session(), request.args.get("client_id") or None
    user, later = get_user(live.user_id), onward_of(leads_to) or HOME
    if user.password_hash or opens_without_password(user):
        return redirect_to(later)
    ahead = Continuation(ways_toward(leads_to))
    ways = ways_of(user.id, user.roles, email=user.email)
    return interaction_page(
        "sign_in/invite_ways.html",
        address=live.email,
        password_url=ahead.url("/account/password") if PASSWORD in ways else None,
        passkey_url=ahead.url("/account/passkeys/new")
        if worth_offering(live)
        else None,
        by_mail=MAGIC_LINK in ways,
        later_url=later,
    )


def ways_toward(client_id: str | None) -> str:
    """Return the path of this page, before an app or none."""
    return f"{PATH}?{urlencode({'client_id': client_id})}" if client_id else PATH
