"""/logout: sign out of this server in this browser, asked by a person or an app."""

from flask import Blueprint, Response, request

from idp.oauth.authorization.connected_apps import find_apps_of_session
from idp.oauth.clients.cache import find_client
from idp.oauth.logout.pending import find_behind
from idp.oauth.logout.request import LogoutRequest
from idp.web.authorization.sign_out import go_on, leave
from idp.web.browser.session import current_session
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import local_path

bp = Blueprint("logout", __name__)


class LogoutForm(PageForm):
    """A yes, with the app's request that waits for it in ``return_to``."""


@bp.get("/logout")
def ask() -> Response:
    """Ask first; a browser that is signed out is told so, or goes back to the app."""
    return_to = request.args.get("return_to")
    waiting, live = find_behind(return_to), current_session()
    asked = waiting or LogoutRequest()
    prefer(asked.ui_locales)
    if live is None:
        return go_on(asked)
    client = find_client(asked.client_id)
    set_branding(client.brand if client else None)
    stay_url = "/account" if waiting else local_path(return_to, default="/account")
    return interaction_page(
        "logout/logout.html",
        form=LogoutForm(),
        form_continue={"return_to": return_to if waiting else None},
        account_label=live.email,
        apps=[app.name for app in find_apps_of_session(live.id)],
        stay_url=stay_url,
        client_name=client.client_name if client else None,
    )


@bp.post("/logout")
def end() -> Response:
    """End the session, tell its apps, and go where the app that asked wants."""
    asked = find_behind(request.form.get("return_to")) or LogoutRequest()
    prefer(asked.ui_locales)
    live = current_session()
    return leave(live, asked) if live else go_on(asked)
