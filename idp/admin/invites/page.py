"""/admin/invites: who may have an account here, whoever else may."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.pages.frame import admin_page
from idp.core.paging import Page
from idp.oauth.clients.access.named import name_clients
from idp.organizations.invites.issuing import (
    InvitedBy,
    MadeInvite,
    WantedInvite,
    issue_invites,
    resend_invite,
    withdraw_invite,
)
from idp.organizations.invites.listing import InviteFilters, get_invite, list_invites
from idp.organizations.models import Invite
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.invites.desk import MOST_APPS, Desk, act_on_desk, desk_page
from idp.web.json.paging import PageQuery

PATH = "/admin/invites"

bp = Blueprint("invites_to_server", __name__, url_prefix=PATH)
access.protect(bp, read=Permission.USERS_READ, write=Permission.INVITES)


@bp.get("")
def show_invites() -> Response:
    """List the invites, the newest first, and ask whom else to invite."""
    return desk_page(DESK)


@bp.post("")
def submit_invites() -> Response:
    """Invite, send again or withdraw."""
    return act_on_desk(DESK)


def _render(_template: str, **context: Any) -> Response:
    """Render the page in the administration's frame."""
    return admin_page("admin/invites.html", **context)


def _page(filters: InviteFilters, query: PageQuery) -> Page[Invite]:
    """Return one page of the list."""
    return list_invites(filters, query, organization_id=None)


def _find(invite_id: str) -> Invite:
    """Return one of the invites; raises NoSuchInvite."""
    return get_invite(invite_id, organization_id=None)


def _by() -> InvitedBy:
    """Return who invites."""
    return InvitedBy(get_session().user_id, language=this_requester().language)


def _invite(wanted: Sequence[WantedInvite], send: bool) -> list[MadeInvite]:
    """Invite to the server."""
    return issue_invites(wanted, by=_by(), send=send)


def _resend(row: Invite, send: bool) -> MadeInvite:
    """Make a new link."""
    return resend_invite(row, by=_by(), send=send)


def _withdraw(row: Invite) -> None:
    """Let one open nothing any more."""
    withdraw_invite(row, by=_by())


def _apps() -> dict[str, str]:
    """Return the apps that people can be led to."""
    return name_clients(None, most=MOST_APPS)


DESK = Desk(PATH, _render, _page, _find, _invite, _resend, _withdraw, apps=_apps)
