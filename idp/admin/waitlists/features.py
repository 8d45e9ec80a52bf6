"""/admin/waitlists: the features that people wait for, and who waits for one."""

from flask import Blueprint, Response, request, url_for
from wtforms import HiddenField

from idp.accounts.access.permissions import Permission
from idp.accounts.users import find_user
from idp.admin.lists import asked_page, page_urls
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page
from idp.admin.people.frame import operator
from idp.organizations.waitlists.administration import (
    list_waiting,
    list_waitlists,
    remove_waiting,
)
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

bp = Blueprint("waitlists", __name__, url_prefix="/admin/waitlists")
access.protect(bp, read=Permission.WAITLIST, write=Permission.WAITLIST)


class RemoveForm(PageForm):
    """Who is to wait no more, and in which organization they do."""

    user_id = HiddenField()
    organization_id = HiddenField()


@bp.get("")
def show_waitlists() -> Response:
    """List the features that somebody waits for."""
    query = asked_page()
    found = list_waitlists(query)
    return admin_page(
        "admin/waitlists/list.html",
        waitlists=[
            {"url": url_for(".show_waitlist", feature=each.feature), "of": each}
            for each in found.items
        ],
        **page_urls(url_for(".show_waitlists"), found, asked=query),
    )


@bp.get("/<segment:feature>")
def show_waitlist(feature: str) -> Response:
    """List who waits for a feature, the longest first."""
    query = asked_page()
    found = list_waiting(feature, query)
    here = url_for(".show_waitlist", feature=feature)
    return admin_page(
        "admin/waitlists/feature.html",
        feature=feature,
        people=found.items,
        may_see_people=Permission.USERS_READ in access.held_here(),
        here=here,
        form=open_form(RemoveForm),
        removed="removed" in request.args,
        **page_urls(here, found, asked=query),
    )


@bp.post("/<segment:feature>")
def submit_removal(feature: str) -> Response:
    """Take somebody off; those who have a role only by who may change them."""
    form, who = RemoveForm(), operator()
    user_id = form.user_id.data or ""
    access.require(who, Permission.WAITLIST, on=find_user(user_id))
    remove_waiting(
        feature,
        user_id=user_id,
        organization_id=form.organization_id.data or "",
        by=who.user_id,
    )
    return redirect_to(url_for(".show_waitlist", feature=feature, removed=1))
