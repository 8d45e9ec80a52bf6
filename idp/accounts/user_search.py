"""Finding users in a long list."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select

from idp.accounts.models import GroupMember, User, UserEmail
from idp.accounts.models.user import BY_SEARCH, HAS_ROLES, SEARCHED
from idp.core.connections import connection
from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek, walk

BY_ADDRESS = Order((User.email_key,))
MOST_FURTHER, ID_LENGTH = 1000, 32


@dataclass(frozen=True)
class UserFilters:
    """Which users are wanted; what is empty narrows nothing.

    ``text`` is part of an address that is proven or the primary one, of a username or a
    name, or a whole id.
    """

    text: str = ""
    status: str = ""
    role: str = ""
    group_id: str = ""


def search(filters: UserFilters, request: PageRequest) -> Page[User]:
    """Return one page of users by address."""
    of = f"users:{json.dumps(asdict(filters))}"
    ids = seek(_users_like(filters), BY_ADDRESS, request=request, of=of).subquery()
    found = select(User).join(ids, ids.c.id == User.id)
    rows = db.session.scalars(found.order_by(*walk(BY_ADDRESS, request, of=of))).all()
    return page_of(rows, request, of=of, position=lambda user: (user.email_key,))


def like_fragment(text: str) -> ColumnElement[bool]:
    """Tell whether the primary address, the username or the name has a text in it."""
    escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return SEARCHED.like(func.lower(f"%{escaped}%"), escape="/")


def few_users_like(text: str, *, most: int) -> Sequence[str] | None:
    """Return the ids of users who have a text in them; None if those are many."""
    found = select(User.id).where(*_by_search(), like_fragment(text)).limit(most + 1)
    ids = db.session.scalars(found).all()
    return ids if len(ids) <= most else None


def _users_like(filters: UserFilters) -> Select[str]:
    """Return the query of the ids of such users.

    It asks for nothing that their index lacks, so that no row is read.
    """
    return select(User.id).where(*_conditions(filters))


def _conditions(filters: UserFilters) -> Iterator[ColumnElement[bool]]:
    """Yield what users must be like."""
    if filters.text:
        if not filters.role:
            yield from _by_search()
        yield or_(like_fragment(filters.text), *_are_meant_by(filters.text))
    if filters.status:
        yield User.status == filters.status
    if filters.role:
        yield HAS_ROLES
        yield cast(User.roles, Text).contains(f'"{filters.role}"', autoescape=True)
    if filters.group_id:
        in_group = select(GroupMember.user_id).where(
            GroupMember.user_id == User.id, GroupMember.group_id == filters.group_id
        )
        yield in_group.exists()


def _by_search() -> Iterator[ColumnElement[bool]]:
    """Yield what makes SQLite use the index of what is searched."""
    if connection().dialect.name == "sqlite":
        yield BY_SEARCH


def _are_meant_by(text: str) -> Iterator[ColumnElement[bool]]:
    """Yield who else is meant: by their id, or a further address that is proven.

    Few have those, and all that is compared is in an index of theirs. They are looked
    up first: no index serves a condition that asks another table, and where there is
    nobody, every user is compared with less.
    """
    further = select(UserEmail.user_id).where(
        ~UserEmail.primary,
        UserEmail.verified_at.is_not(None),
        UserEmail.email.icontains(text, autoescape=True),
    )
    found = db.session.scalars(further.limit(MOST_FURTHER + 1)).all()
    if len(found) > MOST_FURTHER:
        yield User.id.in_(further)
    elif found:
        yield User.id.in_(found)
    if len(text) == ID_LENGTH:
        yield User.id == text
