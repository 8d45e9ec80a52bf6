"""Finding users in a long list."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select

from idp.accounts.models import GroupMember, User, UserEmail
from idp.accounts.models.user import HAS_ROLES
from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek, walk

BY_ADDRESS = Order((User.email_key,))


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


def _users_like(filters: UserFilters) -> Select[str]:
    """Return the query of the ids of such users.

    It asks for nothing that their index lacks, so that no row is read.
    """
    return select(User.id).where(*_conditions(filters))


def _conditions(filters: UserFilters) -> Iterator[ColumnElement[bool]]:
    """Yield what users must be like."""
    if filters.text:
        parts = (User.email, User.username, User.name)
        named = [part.icontains(filters.text, autoescape=True) for part in parts]
        yield or_(User.id == filters.text, *named, _has_address_like(filters.text))
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


def _has_address_like(text: str) -> ColumnElement[bool]:
    """Tell whether a further address of a user, if it is proven, has a text in it.

    They are few: all that is compared is in an index of theirs.
    """
    further = select(UserEmail.user_id).where(
        ~UserEmail.primary,
        UserEmail.verified_at.is_not(None),
        UserEmail.email.icontains(text, autoescape=True),
    )
    return User.id.in_(further)
