"""/admin/clients/<id>/deliveries: what an app was told of sign-outs; a test of it."""

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.deliveries.rows import ACCEPTED, asked_state, shown_delivery, shown_test
from idp.admin.lists import asked_page, page_urls
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import client_page
from idp.oauth.clients.changes import get_client
from idp.oauth.logout.listing import list_deliveries, replay_delivery
from idp.oauth.logout.trial import try_delivery
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

bp = Blueprint("client_deliveries", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.DELIVERIES_READ, write=Permission.CLIENTS_WRITE)


@bp.get("/<segment:client_id>/deliveries")
def show_deliveries(client_id: str) -> Response:
    """List the notices to an app, the newest first."""
    client, query, state = get_client(client_id), asked_page(), asked_state()
    page = list_deliveries(query, client_id=client_id, state=state)
    here = url_for(".show_deliveries", client_id=client_id)
    filters = {"state": str(state)} if state else {}
    return client_page(
        "admin/deliveries/of_client.html",
        client,
        uri=client.registered.get("backchannel_logout_uri"),
        deliveries=[shown_delivery(item) for item in page.items],
        chosen={"state": state or ""},
        filtered=state is not None,
        again_url=url_for(".submit_replay", client_id=client_id, state=state),
        send_url=url_for(".submit_test", client_id=client_id),
        tested=shown_test(),
        form=open_form(PageForm),
        replayed="replayed" in request.args,
        **page_urls(here, page, asked=query, filters=filters),
    )


@bp.post("/<segment:client_id>/deliveries/test")
def submit_test(client_id: str) -> Response:
    """Send a test, and say what came of it."""
    done = try_delivery(client_id, by=get_session().user_id)
    said = done.error or ACCEPTED
    return redirect_to(url_for(".show_deliveries", client_id=client_id, tested=said))


@bp.post("/<segment:client_id>/deliveries/replay")
def submit_replay(client_id: str) -> Response:
    """Send a notice again, and lead back to the list as it was."""
    replay_delivery(
        request.form.get("id", ""), client_id=client_id, by=get_session().user_id
    )
    state = asked_state()
    there = url_for(".show_deliveries", client_id=client_id, state=state, replayed=1)
    return redirect_to(there)
