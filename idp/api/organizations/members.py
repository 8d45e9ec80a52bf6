"""/api/organizations/{id}/members: who is in an organization, and who leaves it."""

from collections.abc import Set as AbstractSet
from typing import Literal

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Caller
from idp.api.organizations.answers import MemberAnswer, member_answer
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE, REFUSALS
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import may, open_organization
from idp.organizations.errors import (
    InvalidOrganization,
    LastOwnerOfOrganization,
    NotAMember,
    PersonalOrganization,
    UnknownOrganization,
)
from idp.organizations.member_list import (
    MemberFilters,
    find_member,
    list_members,
)
from idp.organizations.members import (
    add_member,
    change_roles,
    get_member,
    remove_member,
    transfer,
)
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.organizations.roles import BUILT_IN, MEMBER
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.json.models import Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("members_api", __name__, tag="Organizations: members")
MEMBERS = f"{ONE}/members"
ONE_MEMBER = f"{MEMBERS}/<user_id>"
MOST_ROLES = 60


class MembersQuery(PageQuery):
    """Which members to list."""

    query: str = Field(
        "", max_length=255, description="Part of a name, username or (told to) address"
    )
    role: str = Field("", max_length=32, description="Who has this role")


class Roles(Body):
    """What a member is to be: one role of ours, or all roles; the other stays."""

    role: Literal["owner", "admin", "member"] | None = None
    roles: list[str] | None = Field(None, max_length=MOST_ROLES)


class Heir(Body):
    """Who is to own the organization."""

    user_id: str


@api.operation(
    "GET",
    MEMBERS,
    id="members_api_show_all",
    query=MembersQuery,
    answers={200: PageAnswer[MemberAnswer]},
    refusals=(UnknownOrganization,),
    scope=ACCOUNT_READ,
)
def show_all(who: Caller, *, organization_id: str, query: MembersQuery) -> Response:
    """List the members, who joined first first; addresses are told to who manages them.

    Only they find members by address.
    """
    organization = open_organization(organization_id, actor=actor_of(who))
    told = _is_told_addresses(who, organization)
    filters = MemberFilters(query.query.strip(), query.role, by_address=told)
    page = list_members(organization, filters, request=query)
    items = [member_answer(each, by_address=told) for each in page.items]
    answer = PageAnswer[MemberAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "GET",
    ONE_MEMBER,
    id="members_api_show",
    answers={200: MemberAnswer},
    refusals=(UnknownOrganization, NotAMember),
    scope=ACCOUNT_READ,
)
def show(who: Caller, *, organization_id: str, user_id: str) -> MemberAnswer:
    """Show one member."""
    organization = open_organization(organization_id, actor=actor_of(who))
    return _answer(who, organization, user_id=user_id)


@api.operation(
    "PUT",
    ONE_MEMBER,
    id="members_api_add",
    body=Roles,
    answers={200: MemberAnswer},
    refusals=(*CHANGE_REFUSALS, NotAMember, InvalidOrganization),
)
def add(
    who: Caller, *, organization_id: str, user_id: str, body: Roles
) -> MemberAnswer:
    """Make a user a member, without asking them: for operators alone.

    Who is one already stays as they are.
    """
    organization, actor = admit_change(who, organization_id, right=Right.OPERATE)
    given = _wanted(body, held=frozenset())
    add_member(organization, user_id, roles=given, actor=actor)
    return _answer(who, organization, user_id=user_id)


@api.operation(
    "PATCH",
    ONE_MEMBER,
    id="members_api_change",
    body=Roles,
    answers={200: MemberAnswer},
    refusals=(
        *CHANGE_REFUSALS,
        NotAMember,
        InvalidOrganization,
        LastOwnerOfOrganization,
    ),
)
def change(
    who: Caller, *, organization_id: str, user_id: str, body: Roles
) -> MemberAnswer:
    """Give a member other roles: for owners and admins, of owners for owners alone."""
    organization, actor = admit_change(who, organization_id, right=Right.OWNERS)
    held = frozenset(get_member(organization, user_id).roles.split())
    wanted = _wanted(body, held=held)
    change_roles(organization, user_id, roles=wanted, actor=actor)
    return _answer(who, organization, user_id=user_id)


@api.operation(
    "DELETE",
    ONE_MEMBER,
    id="members_api_remove",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, NotAMember, LastOwnerOfOrganization),
)
def remove(who: Caller, *, organization_id: str, user_id: str) -> None:
    """Remove a member, or leave: what they have open in the organization ends."""
    right = Right.READ if user_id == who.user_id else Right.OWNERS
    organization, actor = admit_change(who, organization_id, right=right)
    remove_member(organization, user_id, actor=actor)


@api.operation(
    "POST",
    f"{ONE}/leave",
    id="members_api_leave",
    answers={204: None},
    refusals=(*REFUSALS, PersonalOrganization, NotAMember, LastOwnerOfOrganization),
)
def leave(who: Caller, organization_id: str) -> None:
    """Leave an organization; the last owner stays."""
    organization, actor = admit_change(who, organization_id, right=Right.READ)
    if actor.user_id is None:
        raise NotAMember
    remove_member(organization, actor.user_id, actor=actor)


@api.operation(
    "POST",
    f"{ONE}/transfer",
    id="members_api_transfer",
    body=Heir,
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, NotAMember, LastOwnerOfOrganization),
)
def hand_on(who: Caller, *, organization_id: str, body: Heir) -> None:
    """Make another member the owner in the caller's place, who stays as an admin."""
    organization, actor = admit_change(
        who, organization_id, right=Right.OWNERS, proof=True
    )
    transfer(organization, body.user_id, actor=actor)


def _wanted(body: Roles, *, held: AbstractSet[str]) -> frozenset[str]:
    """Return the roles that a body asks for, of who has these."""
    wanted = held if body.roles is None else frozenset(body.roles)
    if body.role is None:
        return frozenset(wanted) or frozenset({MEMBER})
    return frozenset(wanted).difference(BUILT_IN) | {body.role}


def _is_told_addresses(who: Caller, organization: Organization) -> bool:
    """Tell whether a caller looks after members, and so is told their addresses."""
    return may(organization, Right.MEMBERS, actor=actor_of(who))


def _answer(who: Caller, organization: Organization, *, user_id: str) -> MemberAnswer:
    """Return one member as an answer, or raise NotAMember."""
    member = find_member(organization, user_id)
    if member is None:
        raise NotAMember
    told = _is_told_addresses(who, organization)
    return member_answer(member, by_address=told)
