"""/account/apps: the apps that an account is used in."""

from math import ceil

from flask import Blueprint, Response, request

from idp.core.context import current
from idp.oauth.authorization.connected_apps import (
    AppAccess,
    NoSuchApp,
    list_apps,
    remove_app,
)
from idp.oauth.clients.segments import to_segment
from idp.oauth.settings import OAuthSettings
from idp.pages.account.navigation import account_page
from idp.pages.authorization.scope_words import title_of
from idp.pages.forms import ConfirmForm
from idp.web.browser.session import get_session, login_required
from idp.web.redirects import redirect_to

bp = Blueprint("connected_apps", __name__, url_prefix="/account/apps")

PATH = "/account/apps"


@bp.get("")
@login_required
def show_apps() -> Response:
    """List the apps."""
    live = get_session()
    return account_page(
        "account/connected_apps.html",
        live,
        form=ConfirmForm(),
        apps=[_listed(app) for app in list_apps(live.user_id)],
        token_minutes=ceil(current(OAuthSettings).access_token_seconds / 60),
        removed="removed" in request.args,
    )


@bp.post("/<segment:client_id>/revoke")
@login_required
def submit_revoke(client_id: str) -> Response:
    """Take all access from one app; one that has none stays so."""
    try:
        remove_app(get_session().user_id, client_id)
    except NoSuchApp:
        return redirect_to(f"{PATH}?removed=1")
    return redirect_to(f"{PATH}?removed=1")


def _listed(app: AppAccess) -> dict[str, object]:
    """Return one entry of the list."""
    return {
        "segment": to_segment(app.client_id),
        "name": app.client_name,
        "uri": app.client_uri,
        "scope": [title_of(name, first_party=app.first_party) for name in app.scope],
        "first_used_at": app.first_used_at,
        "last_used_at": app.last_used_at,
    }
