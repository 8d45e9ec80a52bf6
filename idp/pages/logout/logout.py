"""/logout: sign out of this server in this browser, asked by its user or a client."""

from flask import Blueprint, Response, request

from idp.oauth.authorization.connected_apps import find_apps_of_session
from idp.oauth.clients.cache import find_client
from idp.oauth.logout.pending import find_by_path, find_returned
from idp.oauth.logout.request import LogoutRequest
from idp.web.authorization.sign_out_response import (
    CHOOSER,
    complete_logout,
    complete_logout_without_session,
    sign_out_of_accounts,
    signed_out_response,
)
from idp.web.browser.accounts import browser_sessions
from idp.web.browser.further import further_sessions
from idp.web.browser.session import current_session
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import local_path, redirect_to

bp = Blueprint("logout", __name__)


class LogoutForm(PageForm):
    """A yes, with the client's pending request in ``return_to``."""


@bp.get("/logout")
def show_logout() -> Response:
    """Ask first; a browser that is signed out is told so, or sent to the client.

    As is one that was sent to sign out at a provider too, whoever is signed in by now.
    """
    back = find_returned(request.args.get("state"))
    if back:
        return _returned(back)
    return_to = request.args.get("return_to")
    waiting, live = find_by_path(return_to), current_session()
    asked = waiting or LogoutRequest()
    prefer(lambda: asked.ui_locales)
    others = further_sessions(live)
    if live is None:
        ask = others and asked.destination is None
        return redirect_to(CHOOSER) if ask else signed_out_response(asked)
    client = find_client(asked.client_id)
    set_branding(lambda: client.brand if client else None)
    stay_url = "/account" if waiting else local_path(return_to, default="/account")
    return interaction_page(
        "logout/logout.html",
        form=LogoutForm(),
        form_continue={"return_to": return_to if waiting else None},
        account_label=live.email,
        several=bool(others),
        apps=[app.name for app in find_apps_of_session(live.id)],
        stay_url=stay_url,
        client_name=client.client_name if client else None,
    )


@bp.post("/logout")
def submit_logout() -> Response:
    """End the session, tell its clients, and go where the one that asked wants.

    Or all sessions of the browser; else its other accounts may go on.
    """
    asked = find_by_path(request.form.get("return_to")) or LogoutRequest()
    prefer(lambda: asked.ui_locales)
    live = current_session()
    if "all" in request.form and live is None:
        return redirect_to(CHOOSER)  # another tab may have switched just now
    if "all" in request.form:
        return sign_out_of_accounts(browser_sessions(), asked)
    if live is None:
        return complete_logout_without_session(asked)
    if asked.destination is None and further_sessions(live):
        return sign_out_of_accounts([live], asked, onward=CHOOSER)
    return complete_logout(live, asked)


def _returned(asked: LogoutRequest) -> Response:
    """Go on where the sign-out leads that went by way of a provider."""
    prefer(lambda: asked.ui_locales)
    if asked.destination is None and browser_sessions():
        return redirect_to(CHOOSER)
    return signed_out_response(asked)
