"""/account/activity: what happened to the account, and what to do if it was not you."""

from flask import Blueprint, Response, request

from idp.accounts.activity import list_activity
from idp.accounts.pages.forms import ConfirmForm
from idp.accounts.pages.navigation import account_page
from idp.accounts.pages.onward import see_other
from idp.accounts.session_list import end_other_devices
from idp.accounts.web_session import get_session, login_required
from idp.core.db import db
from idp.web.paging import PageQuery

bp = Blueprint("activity", __name__, url_prefix="/account/activity")

EVENTS_A_PAGE = 25


@bp.get("")
@login_required
def show() -> Response:
    """Show one page of events, the newest first."""
    live = get_session()
    query = PageQuery(limit=EVENTS_A_PAGE, cursor=request.args.get("cursor"))
    listed = list_activity(live.user_id, query)
    return account_page(
        "accounts/activity.html",
        live,
        events=listed.items,
        next_cursor=listed.next_cursor,
        first_page=query.cursor is None,
    )


@bp.get("/not-me")
@login_required
def ask() -> Response:
    """Say what to do about an event that somebody else caused."""
    return account_page("accounts/not_me.html", get_session(), form=ConfirmForm())


@bp.post("/not-me")
@login_required
def secure() -> Response:
    """Sign out everywhere else, then lead to a new password."""
    live = get_session()
    end_other_devices(live.user_id, except_session_id=live.id)
    db.session.commit()
    return see_other("/account/password")
