"""/account/apps: the apps that one may start, and those that may use the account."""

from math import ceil

from flask import Blueprint, Response, request

from idp.core.context import current
from idp.oauth.authorization.connected_apps import (
    AppAccess,
    NoSuchApp,
    list_apps,
    remove_app,
)
from idp.oauth.authorization.launcher import list_startable
from idp.oauth.clients.segments import to_segment
from idp.oauth.settings import OAuthSettings
from idp.organizations.contexts.policies import context_of_session
from idp.pages.account.navigation import account_page
from idp.pages.authorization.scope_words import title_of
from idp.pages.forms import ConfirmForm
from idp.web.browser.session import get_session, login_required
from idp.web.redirects import redirect_to

bp = Blueprint("connected_apps", __name__, url_prefix="/account/apps")

PATH = "/account/apps"
FEW = 12  # among which one sees one's own at once
LONGEST = 255  # of what is searched for


@bp.get("")
@login_required
def show_apps() -> Response:
    """List the apps to start, also those not used yet, and below who has access."""
    live = get_session()
    text = request.args.get("q", "").strip()[:LONGEST]
    connected = list_apps(live.user_id)
    startable, more = list_startable(
        live.user_id,
        organization_id=context_of_session(live),
        used=[app.client_id for app in connected],
        text=text,
    )
    return account_page(
        "account/apps.html",
        live,
        form=ConfirmForm(),
        startable=startable,
        more=more,
        text=text,
        searchable=bool(text) or len(startable) > FEW,
        apps=[_listed(app) for app in connected],
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
        "brand": app.brand,
        "scope": [title_of(name, first_party=app.first_party) for name in app.scope],
        "first_used_at": app.first_used_at,
        "last_used_at": app.last_used_at,
    }
