"""The groups that there are: create, change, list and delete them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, func, or_, select

from idp.accounts.groups.names import description_mistake, group_key, name_mistake
from idp.accounts.models import Group, GroupMember
from idp.core.clock import utcnow
from idp.core.db import begin_writing, changed_one, db, unless_taken
from idp.core.errors import FieldError, IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.text import worded
from idp.security import audit


class InvalidGroup(IdpError):
    """A group that cannot be made so; ``errors`` has each mistake."""

    code = "invalid_group"
    status = HTTPStatus.BAD_REQUEST
    title = "The group cannot be saved."


class GroupNameTaken(IdpError):
    """Another group has this name, whatever its case."""

    code = "group_name_taken"
    status = HTTPStatus.CONFLICT
    title = "There is a group of this name already."


class UnknownGroup(IdpError):
    """There is no such group."""

    code = "unknown_group"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such group."


@dataclass(frozen=True)
class GroupDeclaration:
    """What an operator says of a group."""

    name: str
    description: str = ""


@dataclass(frozen=True)
class ListedGroup:
    """One line about a group."""

    group: Group
    members: int


def list_groups(text: str, request: PageRequest) -> Page[ListedGroup]:
    """Return one page of groups by name; ``text`` is part of name or description."""
    of = f"groups:{text}"
    counted = (
        select(func.count())
        .where(GroupMember.group_id == Group.id)
        .correlate(Group)
        .scalar_subquery()
    )
    found = select(Group, counted)
    if text:
        parts = (Group.name, Group.description)
        found = found.where(or_(*(p.icontains(text, autoescape=True) for p in parts)))
    wanted = seek(found, Order((Group.name_key,)), request=request, of=of)
    rows = [ListedGroup(group, count) for group, count in db.session.execute(wanted)]
    return page_of(rows, request, of=of, position=lambda row: (row.group.name_key,))


def find_group(name: str) -> Group | None:
    """Return the group of a name, whatever its case."""
    return db.session.scalar(select(Group).where(Group.name_key == group_key(name)))


def get_group(name: str) -> Group:
    """Return the group of a name, or raise UnknownGroup."""
    group = find_group(name)
    if group is None:
        raise UnknownGroup
    return group


def get_group_by_id(group_id: str) -> Group:
    """Return the group of a row id, or raise UnknownGroup."""
    group = db.session.get(Group, group_id)
    if group is None:
        raise UnknownGroup
    return group


def create_group(declared: GroupDeclaration, *, by: str | None = None) -> Group:
    """Make a group; raises InvalidGroup with every mistake, and GroupNameTaken.

    ``by`` is the admin, None for the operator of the machine.
    """
    _check(declared)
    group = Group(
        name=declared.name,
        name_key=group_key(declared.name),
        description=declared.description,
    )
    with unless_taken(_taken):
        db.session.add(group)
        db.session.flush()
    record_group("group.created", group, by=by, after=asdict(declared))
    return group


def change_group(
    group: Group, declared: GroupDeclaration, *, by: str | None = None
) -> bool:
    """Replace what is said of a group; tell whether that changes it.

    Clients read the new name in the next tokens. Raises as ``create_group`` does, and
    UnknownGroup for one that is gone.
    """
    _check(declared)
    hold_group(group)
    before = GroupDeclaration(group.name, group.description)
    if before == declared:
        return False
    with unless_taken(_taken):
        group.name, group.name_key = declared.name, group_key(declared.name)
        group.description = declared.description
        group.updated_at = utcnow()
        db.session.flush()
    record_group(
        "group.changed", group, by=by, before=asdict(before), after=asdict(declared)
    )
    return True


def delete_group(group: Group, *, by: str | None = None) -> None:
    """Delete a group: its members lose what it gave them."""
    hold_group(group)
    before = asdict(GroupDeclaration(group.name, group.description))
    record_group("group.deleted", group, by=by, before=before)
    if not changed_one(delete(Group).where(Group.id == group.id), {}):
        raise UnknownGroup


def hold_group(group: Group) -> None:
    """Let no other writer change or delete a group; raises UnknownGroup if it is gone.

    The row is read anew.
    """
    begin_writing()
    held = select(Group).where(Group.id == group.id).with_for_update()
    fresh = held.execution_options(populate_existing=True)
    if db.session.scalars(fresh).one_or_none() is None:
        raise UnknownGroup


def record_group(
    event: str,
    group: Group,
    *,
    by: str | None,
    member: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Say in the audit log what became of a group."""
    audit.record(
        event,
        user_id=by,
        group=group.name,
        member=member,
        before=before,
        after=after,
    )


def _taken() -> GroupNameTaken:
    """Return the refusal of a name that another group has."""
    hint = worded("another group has it")
    return GroupNameTaken([FieldError("name", GroupNameTaken.code, hint)])


def _check(declared: GroupDeclaration) -> None:
    """Raise InvalidGroup with what is wrong."""
    errors = list(_mistakes_in(declared))
    if errors:
        raise InvalidGroup(errors)


def _mistakes_in(declared: GroupDeclaration) -> Iterator[FieldError]:
    """Yield what is wrong with a declaration."""
    for field, mistake in (
        ("name", name_mistake(declared.name)),
        ("description", description_mistake(declared.description)),
    ):
        if mistake:
            yield FieldError(field, InvalidGroup.code, mistake)
