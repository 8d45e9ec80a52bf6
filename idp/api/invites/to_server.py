"""/api/admin/invites: who may have an account here, whoever else may."""

from flask import Response

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.errors import InvalidInput
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.invites.answers import (
    MADE,
    InviteAnswer,
    InvitesQuery,
    MadeInviteAnswer,
    MadeInvitesAnswer,
    NewInvite,
    NewInvites,
    Sending,
    filters_of,
    invite_answer,
    invite_reply,
    invited_by,
    made_answer,
    parts_of,
    renewed_reply,
    wanted_by,
)
from idp.core.errors import RateLimited
from idp.organizations.invites.errors import InviteAnswered, NoSuchInvite
from idp.organizations.invites.issuing import (
    issue_invites,
    resend_invite,
    withdraw_invite,
)
from idp.organizations.invites.listing import get_invite, list_invites
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import refuse_unseen
from idp.web.json.paging import PageAnswer, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_invites_api", __name__, tag="Administration: invites")
PATH = "/api/admin/invites"
ONE = f"{PATH}/<invite_id>"
CHANGE_REFUSALS = (NotPermitted, NoSuchInvite, ReauthenticationRequired)


@api.operation(
    "GET",
    PATH,
    id="admin_invites_api_show_all",
    query=InvitesQuery,
    answers={200: PageAnswer[InviteAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: InvitesQuery) -> Response:
    """List the invites to this server, the newest first.

    Those into organizations are theirs.
    """
    access.require(who, Permission.USERS_READ)
    page = list_invites(filters_of(query), query, organization_id=None)
    items = [invite_answer(row) for row in page.items]
    answer = PageAnswer[InviteAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_invites_api_create",
    body=NewInvite | NewInvites,
    answers={201: MADE},
    refusals=(NotPermitted, ReauthenticationRequired, InvalidInput, RateLimited),
    shown_once=("url",),
)
def create(
    who: Caller, body: NewInvite | NewInvites
) -> MadeInviteAnswer | MadeInvitesAnswer:
    """Invite one address, or several; an open invite of one is replaced.

    The answer does not depend on whether an address has an account.
    """
    access.require(who, Permission.INVITES)
    access.fresh_proof(who)
    several = isinstance(body, NewInvites)
    made = issue_invites(wanted_by(body), by=invited_by(who), send=body.send)
    return made_answer(made, several=several)


@api.operation(
    "GET",
    ONE,
    id="admin_invites_api_show",
    answers={200: InviteAnswer},
    refusals=(NotPermitted, NoSuchInvite),
    etag=True,
)
def show(who: Caller, invite_id: str) -> Response:
    """Show an invite."""
    access.require(who, Permission.USERS_READ)
    return invite_reply(get_invite(invite_id, organization_id=None))


@api.operation(
    "POST",
    f"{ONE}/resend",
    id="admin_invites_api_resend",
    body=Sending,
    answers={200: MadeInviteAnswer},
    refusals=(*CHANGE_REFUSALS, InviteAnswered, RateLimited),
    shown_once=("url",),
    etag=True,
)
def resend(who: Caller, invite_id: str, *, body: Sending) -> Response:
    """Make a new link, which holds seven days; the one of before is void."""
    access.require(who, Permission.INVITES)
    access.fresh_proof(who)
    row = get_invite(invite_id, organization_id=None)
    refuse_unseen(parts_of(row))
    return renewed_reply(resend_invite(row, by=invited_by(who), send=body.send))


@api.operation(
    "DELETE",
    ONE,
    id="admin_invites_api_withdraw",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, InviteAnswered),
    etag=True,
)
def withdraw(who: Caller, invite_id: str) -> None:
    """Let an invite open nothing any more; it stays in the list."""
    access.require(who, Permission.INVITES)
    access.fresh_proof(who)
    row = get_invite(invite_id, organization_id=None)
    refuse_unseen(parts_of(row))
    withdraw_invite(row, by=invited_by(who))
