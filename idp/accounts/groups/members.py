"""Who is in a group."""

from http import HTTPStatus

from sqlalchemy import bindparam, delete, func, select

from idp.accounts.groups.registry import hold_group, record_group
from idp.accounts.models import Group, GroupMember, User
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import add_if_absent, changed_one, db, table_of, unless_taken
from idp.core.errors import IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek


class NoSuchMember(IdpError):
    """A user who is to be put into a group and is gone by now."""

    code = "no_such_user"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such user."


groups, members = table_of(Group), table_of(GroupMember)

NAMES = (
    select(groups.c.name)
    .join_from(members, groups)
    .where(members.c.user_id == bindparam("of_user"))
    .order_by(groups.c.name_key)
)


def group_names(user_id: str) -> list[str]:
    """Return the names of a user's groups, in the order of the alphabet."""
    return list(connection().execute(NAMES, {"of_user": user_id}).scalars())


def groups_of(user_id: str) -> list[Group]:
    """Return the groups that a user is in, in the order of the alphabet."""
    found = (
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.user_id == user_id)
        .order_by(Group.name_key)
    )
    return list(db.session.scalars(found))


def list_members(group: Group, request: PageRequest) -> Page[User]:
    """Return one page of a group's members, by address."""
    of = f"group-members:{group.id}"
    found = (
        select(User)
        .join(GroupMember, GroupMember.user_id == User.id)
        .where(GroupMember.group_id == group.id)
    )
    by_address = Order((User.email_key,))
    rows = db.session.scalars(seek(found, by_address, request=request, of=of)).all()
    return page_of(rows, request, of=of, position=lambda user: (user.email_key,))


def count_members(group: Group) -> int:
    """Return how many users are in a group."""
    counted = select(func.count()).where(GroupMember.group_id == group.id)
    return db.session.scalar(counted) or 0


def add_member(group: Group, user: User, *, by: str | None = None) -> bool:
    """Put a user into a group; False when they are there already.

    Raises UnknownGroup or NoSuchMember if either is gone.
    """
    hold_group(group)
    row = {"group_id": group.id, "user_id": user.id, "added_at": utcnow()}
    with unless_taken(NoSuchMember):
        added = add_if_absent(members, row)
    if not added:
        return False
    record_group("group.member.added", group, by=by, member=user.id)
    return True


def remove_member(group: Group, user_id: str, *, by: str | None = None) -> bool:
    """Take a user out of a group; False when they are not there.

    Apps that the group alone opened are closed to them: at the next authorization and
    at the next refresh.
    """
    leaving = delete(members).where(
        members.c.group_id == group.id, members.c.user_id == user_id
    )
    if not changed_one(leaving, {}):
        return False
    record_group("group.member.removed", group, by=by, member=user_id)
    return True
