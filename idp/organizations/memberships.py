"""Who belongs where."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, moment_first, seek
from idp.organizations.models import Membership, Organization


@dataclass(frozen=True)
class UserMembership:
    """A user's place in one organization; ``personal`` tells the user's own.

    The first of ``roles`` is the highest: owner, admin or member.
    """

    organization_id: str
    organization_name: str
    slug: str | None
    logo_uri: str | None
    personal: bool
    in_use: bool
    roles: tuple[str, ...]

    @property
    def role(self) -> str:
        """Return the highest role."""
        return self.roles[0]


def organization_exists(organization_id: str) -> bool:
    """Tell whether there is an organization of this id."""
    return db.session.get(Organization, organization_id) is not None


def roles_in(organization: Organization, user_id: str | None) -> tuple[str, ...]:
    """Return a user's roles in an organization, the highest first; none of others."""
    if user_id is None:
        return ()
    found = select(Membership.roles).where(
        Membership.organization_id == organization.id, Membership.user_id == user_id
    )
    return tuple((db.session.scalar(found) or "").split())


def list_own(
    user_id: str, text: str, *, request: PageRequest
) -> Page[tuple[Organization, tuple[str, ...], int]]:
    """Return one page of a user's organizations, with their roles, of how many members.

    The one joined first is first; ``text`` is part of the name or slug.
    """
    of = f"own-organizations:{user_id}:{text}"
    everybody = aliased(Membership)
    counted = (
        select(func.count())
        .where(everybody.organization_id == Organization.id)
        .correlate(Organization)
        .scalar_subquery()
    )
    shown: tuple[Any, ...] = (Organization, Membership, counted)
    found = (
        select(*shown)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id)
    )
    if text:
        parts = (Organization.name, Organization.slug)
        found = found.where(or_(*(p.icontains(text, autoescape=True) for p in parts)))
    joined = Order(
        (Membership.created_at, Membership.organization_id), values=moment_first
    )
    rows = db.session.execute(seek(found, joined, request=request, of=of)).all()
    page = page_of(
        rows,
        request,
        of=of,
        position=lambda row: (row[1].created_at.isoformat(), row[1].organization_id),
    )
    items = [
        (each, tuple(membership.roles.split()), members)
        for each, membership, members in page.items
    ]
    return Page(items, page.next_cursor, page.previous_cursor)


def list_memberships(user_id: str) -> list[UserMembership]:
    """Return a user's organizations: their own first, then in order of joining."""
    rows = db.session.execute(
        select(Organization, Membership)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id)
        .order_by(
            Organization.personal_to.is_(None),
            Membership.created_at,
            Membership.organization_id,
        )
    )
    return [
        UserMembership(
            organization_id=organization.id,
            organization_name=organization.name,
            slug=organization.slug,
            logo_uri=organization.logo_uri,
            personal=organization.personal_to == user_id,
            in_use=organization.in_use,
            roles=tuple(membership.roles.split()),
        )
        for organization, membership in rows
    ]
