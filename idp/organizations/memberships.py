"""Who belongs where."""

from collections.abc import Sequence

from sqlalchemy import select

from idp.accounts.organizations import Belonging
from idp.core.db import db
from idp.organizations.models import Membership, Organization

OWNER = "owner"


class Memberships:
    """The directory of who belongs where (accounts.OrganizationDirectory)."""

    def of_user(self, user_id: str) -> Sequence[Belonging]:
        """Return a person's organizations, their own first."""
        return list_memberships(user_id)


def list_memberships(user_id: str) -> list[Belonging]:
    """Return a person's organizations: their own first, then in order of joining."""
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
