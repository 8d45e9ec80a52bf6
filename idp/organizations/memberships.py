"""Who belongs where."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.core.db import db
from idp.organizations.models import Membership, Organization

OWNER = "owner"


@dataclass(frozen=True)
class Belonging:
    """A user's place in one organization; ``personal`` tells the user's own."""

    organization_id: str
    organization_name: str
    personal: bool
    role: str


def list_memberships(user_id: str) -> list[Belonging]:
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
        Belonging(
            organization_id=organization.id,
            organization_name=organization.name,
            personal=organization.personal_to == user_id,
            role=membership.role,
        )
        for organization, membership in rows
    ]
