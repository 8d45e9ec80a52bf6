"""/admin/waitlist: who asked for an account, in order, and letting them in."""

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.registration.policy import waitlist_open
from idp.accounts.registration.waitlist.letting_in import (
    MOST_AT_ONCE,
    ListedPlace,
    NoSuchPlace,
    NotWaiting,
    let_in,
    let_in_next,
    list_places,
    remove_place,
)
from idp.accounts.registration.waitlist.places import PlaceState
from idp.admin.lists import asked_page, asked_text, page_urls, url_with
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.oauth.clients.cache import find_client
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

NEXT = 10

bp = Blueprint("waitlist", __name__, url_prefix="/admin/waitlist")
access.protect(bp, read=Permission.WAITLIST, write=Permission.WAITLIST)


@bp.get("")
def show_waitlist() -> Response:
    """List the places in one state, the first in line first."""
    query, filters = asked_page(), _filters()
    state = PlaceState(filters.get("state", PlaceState.WAITING.value))
    page = list_places(query, state=state, text=filters.get("query", ""))
    return admin_page(
        "admin/admissions/waitlist.html",
        places=page.items,
        apps=_apps(page.items),
        state=state.value,
        query=filters.get("query", ""),
        open=waitlist_open(),
        next_count=NEXT,
        send_url=url_with(url_for(".submit_act"), filters),
        form=open_form(PageForm),
        done=request.args.get("done", ""),
        **page_urls(url_for(".show_waitlist"), page, asked=query, filters=filters),
    )


@bp.post("")
def submit_act() -> Response:
    """Let in or remove those that are ticked, or let in the next; lead back."""
    try:
        done = _done()
    except (NotWaiting, NoSuchPlace):
        done = "late"
    return redirect_to(url_with(url_for(".show_waitlist"), _filters() | {"done": done}))


def _apps(listed: list[ListedPlace]) -> dict[str, str]:
    """Return what the apps are called that people came from, by id."""
    found = map(find_client, {each.client_id for each in listed})
    return {client.client_id: client.client_name for client in found if client}


def _done() -> str:
    """Do what the button says, and name it."""
    by, ticked = get_session().user_id, request.form.getlist("place")[:MOST_AT_ONCE]
    if "next" in request.form:
        let_in_next(NEXT, by=by)
        return "admit"
    if "admit" in request.form and ticked:
        let_in(ticked, by=by)
        return "admit"
    if "remove" in request.form and ticked:
        for place_id in ticked:
            remove_place(place_id, by=by)
        return "remove"
    return "none"


def _filters() -> dict[str, str]:
    """Return the filters of the address that say something."""
    state = request.args.get("state", "")
    other = state in set(PlaceState) and state != PlaceState.WAITING
    given = {"state": state if other else "", "query": asked_text("query")}
    return {name: value for name, value in given.items() if value}
