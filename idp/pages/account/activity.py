"""/account/activity: what happened to the account, and what to do if it was not you."""

from flask import Blueprint, Response, request

from idp.accounts.activity import list_activity
from idp.accounts.sign_in.withdrawal import withdraw_elsewhere
from idp.pages.account.navigation import account_page
from idp.pages.forms import ConfirmForm
from idp.web.activity import words_for
from idp.web.browser.session import get_session, login_required
from idp.web.json.paging import PageQuery
from idp.web.redirects import redirect_to

bp = Blueprint("activity", __name__, url_prefix="/account/activity")

EVENTS_A_PAGE = 25


@bp.get("")
@login_required
def show_activity() -> Response:
    """Show one page of events, the newest first."""
    live = get_session()
    query = PageQuery(limit=EVENTS_A_PAGE, cursor=request.args.get("cursor"))
    listed = list_activity(live.user_id, query)
    return account_page(
        "account/activity.html",
        live,
        events=listed.items,
        words_for=words_for,
        next_cursor=listed.next_cursor,
        first_page=query.cursor is None,
    )


@bp.get("/not-me")
@login_required
def show_not_me() -> Response:
    """Say what to do about an event that somebody else caused."""
    return account_page("sign_in/not_me.html", get_session(), form=ConfirmForm())


@bp.post("/not-me")
@login_required
def submit_not_me() -> Response:
    """Close the account everywhere else, then lead to a new password."""
    live = get_session()
    withdraw_elsewhere(live)
    return redirect_to("/account/password")
