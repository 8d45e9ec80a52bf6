"""/logout: sign out of this server in this browser."""

from flask import Blueprint, Response

from idp.accounts import web_session
from idp.accounts.connected_apps import find_apps_of_session
from idp.accounts.pages.forms import ConfirmForm
from idp.accounts.pages.onward import read_onward, see_other
from idp.accounts.sessions import sign_out
from idp.accounts.web_session import current_session
from idp.core.db import db
from idp.web.pages import interaction_page

bp = Blueprint("logout", __name__)


@bp.get("/logout")
def ask() -> Response:
    """Ask first; a browser that is signed out is told so."""
    ahead, live = read_onward(), current_session()
    if live is None:
        return interaction_page("accounts/signed_out.html", login_url="/login")
    return interaction_page(
        "accounts/logout.html",
        form=ConfirmForm(),
        form_continue=None,
        account_label=live.email,
        apps=[app.name for app in find_apps_of_session(live.id)],
        stay_url=ahead.return_to,
    )


@bp.post("/logout")
def end() -> Response:
    """End the session."""
    live = current_session()
    if live is not None:
        sign_out(live)
        db.session.commit()
    return web_session.detach(see_other("/logout"))
