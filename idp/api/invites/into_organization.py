"""/api/organizations/{id}/invites: who is asked to become a member."""

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Caller
from idp.accounts.errors import InvalidInput
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
from idp.api.organizations.members import MOST_ROLES
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE, REFUSALS
from idp.core.errors import RateLimited
from idp.organizations.access import open_organization
from idp.organizations.errors import InvalidOrganization
from idp.organizations.invites.errors import InviteAnswered, NoSuchInvite
from idp.organizations.invites.into import invite_into, resend_into, withdraw_from
from idp.organizations.invites.listing import get_invite, list_invites
from idp.organizations.rights import Right
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.http.preconditions import refuse_unseen
from idp.web.json.paging import PageAnswer, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organization_invites_api", __name__, tag="Organizations: invites")
INVITES = f"{ONE}/invites"
ONE_INVITE = f"{INVITES}/<invite_id>"
ROLES = Field(["member"], max_length=MOST_ROLES, description="`owner` by owners alone")


class NewMember(NewInvite):
    """Whom to invite, and what they are to be."""

    roles: list[str] = ROLES


class NewMembers(NewInvites):
    """The same of several, all of them or none."""

    roles: list[str] = ROLES


@api.operation(
    "GET",
    INVITES,
    id="organization_invites_api_show_all",
    query=InvitesQuery,
    answers={200: PageAnswer[InviteAnswer]},
    refusals=REFUSALS,
)
def show_all(who: Caller, *, organization_id: str, query: InvitesQuery) -> Response:
    """List the invites into an organization, the newest first."""
    actor = actor_of(who)
    organization = open_organization(organization_id, actor=actor, right=Right.INVITES)
    page = list_invites(filters_of(query), query, organization_id=organization.id)
    items = [invite_answer(row) for row in page.items]
    answer = PageAnswer[InviteAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    INVITES,
    id="organization_invites_api_create",
    body=NewMember | NewMembers,
    answers={201: MADE},
    refusals=(*CHANGE_REFUSALS, InvalidInput, InvalidOrganization, RateLimited),
    shown_once=("url",),
)
def create(
    who: Caller, *, organization_id: str, body: NewMember | NewMembers
) -> MadeInviteAnswer | MadeInvitesAnswer:
    """Invite one address, or several; an open invite of one is replaced.

    The answer does not depend on whether an address has an account. An organization
    that no operator made or approved invites fifty a day.
    """
    organization, actor = admit_change(who, organization_id, right=Right.INVITES)
    made = invite_into(
        organization,
        wanted_by(body, body.roles),
        actor=actor,
        by=invited_by(who),
        send=body.send,
    )
    return made_answer(made, several=isinstance(body, NewMembers))


@api.operation(
    "GET",
    ONE_INVITE,
    id="organization_invites_api_show",
    answers={200: InviteAnswer},
    refusals=(*REFUSALS, NoSuchInvite),
    etag=True,
)
def show(who: Caller, *, organization_id: str, invite_id: str) -> Response:
    """Show an invite."""
    actor = actor_of(who)
    organization = open_organization(organization_id, actor=actor, right=Right.INVITES)
    return invite_reply(get_invite(invite_id, organization_id=organization.id))


@api.operation(
    "POST",
    f"{ONE_INVITE}/resend",
    id="organization_invites_api_resend",
    body=Sending,
    answers={200: MadeInviteAnswer},
    refusals=(
        *CHANGE_REFUSALS,
        NoSuchInvite,
        InviteAnswered,
        InvalidOrganization,
        RateLimited,
    ),
    shown_once=("url",),
    etag=True,
)
def resend(
    who: Caller, *, organization_id: str, invite_id: str, body: Sending
) -> Response:
    """Make a new link, which holds seven days; the one of before is void."""
    organization, actor = admit_change(who, organization_id, right=Right.INVITES)
    row = get_invite(invite_id, organization_id=organization.id)
    refuse_unseen(parts_of(row))
    made = resend_into(
        organization, row, actor=actor, by=invited_by(who), send=body.send
    )
    return renewed_reply(made)


@api.operation(
    "DELETE",
    ONE_INVITE,
    id="organization_invites_api_withdraw",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, NoSuchInvite, InviteAnswered),
    etag=True,
)
def withdraw(who: Caller, *, organization_id: str, invite_id: str) -> None:
    """Let an invite open nothing any more; it stays in the list."""
    organization, actor = admit_change(who, organization_id, right=Right.INVITES)
    row = get_invite(invite_id, organization_id=organization.id)
    refuse_unseen(parts_of(row))
    withdraw_from(organization, row, actor=actor, by=invited_by(who))
