"""The members of an organization, in pages and by search."""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select

from idp.accounts.models import User
from idp.accounts.user_search import few_users_like
from idp.core.db import db, plan_for_values
from idp.core.paging import Page, PageRequest, Position, page_of
from idp.core.paging.seeking import Order, moment_first, seek
from idp.organizations.models import Membership, Organization
from idp.organizations.models.membership import IS_OWNER
from idp.organizations.roles import OWNER

SHOWN: tuple[Any, ...] = (
    *(User.id, User.name, User.username, User.picture, User.email),
    *(Membership.roles, Membership.created_at),
)
LARGE, FEW = 5000, 500
JOINED = Order((Membership.created_at, Membership.user_id), values=moment_first)


@dataclass(frozen=True)
class MemberFilters:
    """Which members are wanted; what is empty narrows nothing.

    ``text`` is part of a name or username, or a whole user id; of the primary address
    too where the caller is told addresses (``by_address``).
    """

    text: str = ""
    role: str = ""
    by_address: bool = False


@dataclass(frozen=True)
class ListedMember:
    """One line about a member."""

    user_id: str
    name: str | None
    username: str | None
    picture: str | None
    email: str
    roles: tuple[str, ...]
    joined_at: datetime

    @property
    def role(self) -> str:
        """Return the highest role."""
        return self.roles[0]


def list_members(
    organization: Organization, filters: MemberFilters, *, request: PageRequest
) -> Page[ListedMember]:
    """Return one page of members, who joined first first."""
    of = _list_of(organization.id, filters)
    wanted = rows_of_members(organization.id, filters, request=request)
    plan_for_values()
    rows = list(map(_listed, db.session.execute(wanted)))
    return page_of(rows, request, of=of, position=_position)


def rows_of_members(
    organization_id: str, filters: MemberFilters, *, request: PageRequest
) -> Select[Any]:
    """Return the query of one page of them, and one more."""
    found = _members_like(organization_id, filters)
    of = _list_of(organization_id, filters)
    return seek(found, JOINED, request=request, of=of)


def find_member(organization: Organization, user_id: str) -> ListedMember | None:
    """Return the line about one member."""
    found = _members_like(organization.id, MemberFilters())
    row = db.session.execute(found.where(Membership.user_id == user_id)).one_or_none()
    return _listed(row) if row else None


def names_of_members(
    organization: Organization, user_ids: Collection[str]
) -> dict[str, str]:
    """Return what those of some users are called who are members, by id."""
    found = (
        select(User.id, User.name, User.username, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization.id, User.id.in_(user_ids))
    )
    rows = db.session.execute(found)
    return {row.id: row.name or row.username or row.email for row in rows}


def count_members(organization: Organization) -> int:
    """Return how many users belong to an organization."""
    counted = select(func.count()).where(Membership.organization_id == organization.id)
    return db.session.scalar(counted) or 0


def _list_of(organization_id: str, filters: MemberFilters) -> str:
    """Return what cursors of the list are made for."""
    return f"members:{organization_id}:{json.dumps(asdict(filters))}"


def _members_like(organization_id: str, filters: MemberFilters) -> Select[Any]:
    """Return the query of such members."""
    return (
        select(*SHOWN)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == organization_id)
        .where(*_conditions(filters), *_looked_up(organization_id, filters))
    )


def _conditions(filters: MemberFilters) -> Iterator[ColumnElement[bool]]:
    """Yield what members must be like."""
    if filters.text:
        parts = (User.name, User.username, *((User.email,) * filters.by_address))
        named = [part.icontains(filters.text, autoescape=True) for part in parts]
        yield or_(User.id == filters.text, *named)
    if filters.role == OWNER:
        yield and_(IS_OWNER)
    elif filters.role:
        padded = literal(" ").concat(Membership.roles).concat(" ")
        yield padded.contains(f" {filters.role} ", autoescape=True)


def _looked_up(
    organization_id: str, filters: MemberFilters
) -> Iterator[ColumnElement[bool]]:
    """Yield who alone may be meant, in an organization of many.

    A fragment that few users have is looked up among all of them by an index; for one
    that many have, a page is soon full.
    """
    if not filters.text or not _is_large(organization_id):
        return
    few = few_users_like(filters.text, most=FEW)
    if few is not None:
        yield Membership.user_id.in_([*few, filters.text])


def _is_large(organization_id: str) -> bool:
    """Tell whether an organization has more members than are read one by one."""
    members = select(Membership.user_id).where(
        Membership.organization_id == organization_id
    )
    some = members.limit(LARGE).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) == LARGE


def _listed(row: Row[Any]) -> ListedMember:
    """Return a row as a line."""
    return ListedMember(
        user_id=row.id,
        name=row.name,
        username=row.username,
        picture=row.picture,
        email=row.email,
        roles=tuple(row.roles.split()),
        joined_at=row.created_at,
    )


def _position(member: ListedMember) -> Position:
    """Return where a line stands in the list."""
    return member.joined_at.isoformat(), member.user_id
