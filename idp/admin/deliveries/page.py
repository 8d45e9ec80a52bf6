"""/admin/deliveries: what apps were told of sign-outs."""

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.deliveries.rows import asked_state, shown_delivery
from idp.admin.lists import asked_page, asked_text, page_urls, url_with
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.oauth.logout.listing import list_deliveries, replay_delivery
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

bp = Blueprint("deliveries", __name__, url_prefix="/admin/deliveries")
access.protect(bp, read=Permission.DELIVERIES_READ, write=Permission.CLIENTS_WRITE)


@bp.get("")
def show_deliveries() -> Response:
    """List the notices to all apps, or to one, the newest first."""
    query, state = asked_page(), asked_state()
    client_id = asked_text("client_id", longest=255)
    page = list_deliveries(query, client_id=client_id or None, state=state)
    filters = _filters()
    return admin_page(
        "admin/deliveries/list.html",
        deliveries=[shown_delivery(item) for item in page.items],
        chosen={"state": state or "", "client_id": client_id},
        filtered=bool(filters),
        again_url=url_with(url_for(".submit_replay"), filters),
        form=open_form(PageForm),
        replayed="replayed" in request.args,
        **page_urls(url_for(".show_deliveries"), page, asked=query, filters=filters),
    )


@bp.post("/replay")
def submit_replay() -> Response:
    """Send a notice again, and lead back to the list as it was."""
    replay_delivery(request.form.get("id", ""), by=get_session().user_id)
    there = url_with(url_for(".show_deliveries"), {**_filters(), "replayed": "1"})
    return redirect_to(there)


def _filters() -> dict[str, str]:
    """Return the filters of the address that say something."""
    given = {
        "state": asked_state() or "",
        "client_id": asked_text("client_id", longest=255),
    }
    return {name: str(value) for name, value in given.items() if value}
