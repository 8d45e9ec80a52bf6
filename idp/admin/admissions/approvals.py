"""/admin/approvals: new accounts that wait for an operator."""

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.lifecycle.approvals import (
    MOST_AT_ONCE,
    NotPending,
    approve,
    decline,
    list_approvals,
)
from idp.accounts.policies.effective import effective
from idp.accounts.policies.keys import APPROVAL, REGISTRATION
from idp.admin.lists import asked_page, asked_text, page_urls, url_with
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

ACTS = {"approve": approve, "decline": decline}

bp = Blueprint("approvals", __name__, url_prefix="/admin/approvals")
access.protect(bp, read=Permission.WAITLIST, write=Permission.WAITLIST)


@bp.get("")
def show_approvals() -> Response:
    """List who waits, the longest first."""
    query, text = asked_page(), asked_text("query")
    page = list_approvals(query, text=text)
    filters = _filters()
    return admin_page(
        "admin/admissions/approvals.html",
        waiting=page.items,
        query=text,
        asked=effective(REGISTRATION) == APPROVAL,
        send_url=url_with(url_for(".submit_act"), filters),
        form=open_form(PageForm),
        done=request.args.get("done", ""),
        **page_urls(url_for(".show_approvals"), page, asked=query, filters=filters),
    )


@bp.post("")
def submit_act() -> Response:
    """Approve or decline those that are ticked, and lead back to the list."""
    done = next((name for name in ACTS if name in request.form), "none")
    users = request.form.getlist("user")[:MOST_AT_ONCE]
    if done in ACTS and users:
        try:
            ACTS[done](users, by=get_session().user_id)
        except NotPending:
            done = "late"
    else:
        done = "none"
    return redirect_to(
        url_with(url_for(".show_approvals"), _filters() | {"done": done})
    )


def _filters() -> dict[str, str]:
    """Return what the address looks for."""
    text = asked_text("query")
    return {"query": text} if text else {}
