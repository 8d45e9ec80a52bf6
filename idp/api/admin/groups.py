"""/api/admin/groups: groups of users, and who is in them."""

from dataclasses import replace
from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.groups.members import (
    add_member,
    count_members,
    list_members,
    remove_member,
)
from idp.accounts.groups.names import MAX_DESCRIPTION, MAX_NAME
from idp.accounts.groups.registry import (
    GroupDeclaration,
    GroupNameTaken,
    InvalidGroup,
    UnknownGroup,
    change_group,
    create_group,
    delete_group,
    get_group_by_id,
    hold_group,
    list_groups,
)
from idp.accounts.models import Group
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import find_user
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_groups_api", __name__, tag="Administration: groups")
PATH = "/api/admin/groups"
ONE = f"{PATH}/<group_id>"
MEMBERS = f"{ONE}/members"
MEMBER = f"{MEMBERS}/<user_id>"
CHANGE_REFUSALS = (NotPermitted, ReauthenticationRequired, UnknownGroup)


class GroupsQuery(PageQuery):
    """Which groups to list."""

    query: str = Field("", max_length=255, description="Part of a name or description")


class GroupAnswer(Answer):
    """A group; apps that may ask for the scope `groups` read its name."""

    __qualname__ = "Group"  # as the API document calls it

    id: str
    name: str
    description: str
    member_count: int
    created_at: datetime
    updated_at: datetime


class GroupMemberAnswer(Answer):
    """A user who is in a group."""

    __qualname__ = "GroupMember"  # as the API document calls it

    id: str
    email: str
    username: str | None
    name: str | None


class NewGroup(Body):
    """What a group is to be called."""

    name: str = Field(description=f"At most {MAX_NAME} characters, and no comma")
    description: str = Field("", description=f"At most {MAX_DESCRIPTION} characters")


class GroupChange(Body):
    """What is to be different; what is left out stays."""

    name: str | None = None
    description: str | None = None


@api.operation(
    "GET",
    PATH,
    id="admin_groups_api_show_all",
    query=GroupsQuery,
    answers={200: PageAnswer[GroupAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: GroupsQuery) -> Response:
    """List groups by name."""
    access.require(who, Permission.GROUPS_READ)
    page = list_groups(query.query.strip(), query)
    items = [_answer(row.group, members=row.members) for row in page.items]
    answer = PageAnswer[GroupAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_groups_api_create",
    body=NewGroup,
    answers={201: GroupAnswer},
    refusals=(NotPermitted, ReauthenticationRequired, InvalidGroup, GroupNameTaken),
    etag=True,
)
def create(who: Caller, body: NewGroup) -> Response:
    """Make a group."""
    _admit_change(who)
    declared = GroupDeclaration(body.name, body.description)
    return _reply(create_group(declared, by=who.user_id))


@api.operation(
    "GET",
    ONE,
    id="admin_groups_api_show",
    answers={200: GroupAnswer},
    refusals=(NotPermitted, UnknownGroup),
    etag=True,
)
def show(who: Caller, group_id: str) -> Response:
    """Show a group."""
    access.require(who, Permission.GROUPS_READ)
    return _reply(get_group_by_id(group_id))


@api.operation(
    "PATCH",
    ONE,
    id="admin_groups_api_change",
    body=GroupChange,
    answers={200: GroupAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidGroup, GroupNameTaken),
    etag=True,
)
def change(who: Caller, *, group_id: str, body: GroupChange) -> Response:
    """Change a group; apps read the new name in the next tokens."""
    _admit_change(who)
    group = get_group_by_id(group_id)
    hold_group(group)
    refuse_unseen(_parts(group))
    given = body.model_dump(exclude_none=True)
    declared = replace(GroupDeclaration(group.name, group.description), **given)
    change_group(group, declared, by=who.user_id)
    return _reply(group)


@api.operation(
    "DELETE",
    ONE,
    id="admin_groups_api_delete",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def delete(who: Caller, *, group_id: str) -> None:
    """Delete a group: its members lose what it gave them."""
    _admit_change(who)
    group = get_group_by_id(group_id)
    hold_group(group)
    refuse_unseen(_parts(group))
    delete_group(group, by=who.user_id)


@api.operation(
    "GET",
    MEMBERS,
    id="admin_groups_api_show_members",
    query=PageQuery,
    answers={200: PageAnswer[GroupMemberAnswer]},
    refusals=(NotPermitted, UnknownGroup),
)
def show_members(who: Caller, *, group_id: str, query: PageQuery) -> Response:
    """List the members of a group by address."""
    access.require(who, Permission.GROUPS_READ)
    page = list_members(get_group_by_id(group_id), query)
    items = [
        GroupMemberAnswer(
            id=user.id, email=user.email, username=user.username, name=user.name
        )
        for user in page.items
    ]
    answer = PageAnswer[GroupMemberAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "PUT",
    MEMBER,
    id="admin_groups_api_add_member",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, NoSuchUser),
)
def add(who: Caller, *, group_id: str, user_id: str) -> None:
    """Put a user into a group; again it changes nothing."""
    _admit_change(who)
    user = find_user(user_id)
    if user is None:
        raise NoSuchUser
    add_member(get_group_by_id(group_id), user, by=who.user_id)


@api.operation(
    "DELETE",
    MEMBER,
    id="admin_groups_api_remove_member",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
)
def remove(who: Caller, *, group_id: str, user_id: str) -> None:
    """Take a user out of a group; who is in none of it stays so.

    Apps that it alone opened to them are closed at the next authorization or refresh.
    """
    _admit_change(who)
    remove_member(get_group_by_id(group_id), user_id, by=who.user_id)


def _admit_change(who: Caller) -> None:
    """Refuse who may change no groups, or signed in too long ago."""
    access.require(who, Permission.GROUPS_WRITE)
    access.fresh_proof(who)


def _reply(group: Group) -> Response:
    """Return a group, and which state of it this is."""
    answer = _answer(group, members=count_members(group))
    return reply(answer, headers={"ETag": etag_of(_parts(group))})


def _parts(group: Group) -> dict[str, object]:
    """Return what tells one state of a group from another."""
    return {"name": group.name, "description": group.description}


def _answer(group: Group, *, members: int) -> GroupAnswer:
    """Return a group as an answer."""
    return GroupAnswer(
        id=group.id,
        name=group.name,
        description=group.description,
        member_count=members,
        created_at=group.created_at,
        updated_at=group.updated_at,
    )
