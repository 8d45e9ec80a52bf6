"""Users who have their account deleted leave no organization without an owner."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from sqlalchemy import select

from idp.accounts.events import DeletionScheduled
from idp.core.db import db
from idp.core.errors import IdpError
from idp.core.events import EventBus
from idp.organizations.members import has_acting_owner
from idp.organizations.models import Membership, Organization
from idp.organizations.models.membership import IS_OWNER
from idp.organizations.registry import hold_organization


class OwnsOrganizations(IdpError):
    """The deletion of an account that organizations of others depend on.

    It is for the user, or an operator, to hand each on or to delete it first.
    """

    code = "owns_organizations"
    status = HTTPStatus.CONFLICT
    title = (
        "This account is the last owner of an organization. Hand that on, or delete "
        "it, first."
    )

    def __init__(self, organizations: Sequence[Organization]) -> None:
        super().__init__()
        told: list[Mapping[str, str | None]] = [
            {"id": each.id, "slug": each.slug, "name": each.name}
            for each in organizations
        ]
        self.members = {"organizations": told}


def subscribe(bus: EventBus) -> None:
    """Follow who leaves the server."""
    bus.subscribe(DeletionScheduled, _refuse_ownerless_organizations)


def _refuse_ownerless_organizations(event: DeletionScheduled) -> None:
    """Raise OwnsOrganizations for the last owner, who is out of use by now.

    An organization that is to be deleted too needs none.
    """
    owned = (
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == event.user_id, IS_OWNER)
        .where(Organization.personal_to.is_(None), Organization.delete_at.is_(None))
        .order_by(Organization.id)
    )
    left = []
    for organization in db.session.scalars(owned).all():
        hold_organization(organization)
        if organization.delete_at is None and not has_acting_owner(organization):
            left.append(organization)
    if left:
        raise OwnsOrganizations(left)
