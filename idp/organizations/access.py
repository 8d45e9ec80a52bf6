"""Who acts on an organization, and whether they may: every rule that changes one asks.

It is asked again once the organization is held: a role may have gone meanwhile.
"""

from dataclasses import dataclass

from sqlalchemy import select

from idp.accounts.access.permissions import NOTHING, OPERATOR, Permissions
from idp.core.db import db
from idp.organizations.errors import (
    InsufficientRole,
    OrganizationDisabled,
    UnknownOrganization,
)
from idp.organizations.models import Membership, Organization, OrganizationStatus
from idp.organizations.registry import get_organization
from idp.organizations.rights import Right, Standing, allows


@dataclass(frozen=True)
class Actor:
    """A user, or a program without one, and what they may do on the server."""

    user_id: str | None
    permissions: Permissions = NOTHING


MACHINE_OPERATOR = Actor(None, OPERATOR)


def require(organization: Organization, right: Right, *, actor: Actor) -> Standing:
    """Return what an actor is there, who may do this.

    Raises UnknownOrganization for who may not even see it, OrganizationDisabled and
    InsufficientRole.
    """
    standing = _standing_of(actor, organization)
    if allows(standing, right):
        return standing
    if not allows(standing, Right.READ):
        raise UnknownOrganization
    raise OrganizationDisabled if standing.in_disabled else InsufficientRole


def may(organization: Organization, right: Right, *, actor: Actor) -> bool:
    """Tell whether an actor may do this there, for what a face shows of it."""
    return allows(_standing_of(actor, organization), right)


def acts_by_role(actor: Actor, organization: Organization, *, right: Right) -> bool:
    """Tell whether an actor may do this as a member, without being an operator."""
    return may(organization, right, actor=Actor(actor.user_id))


def open_organization(
    named: str, *, actor: Actor, right: Right = Right.READ
) -> Organization:
    """Return the organization of an id or slug, for an actor who may do this there.

    Raises what ``require`` does.
    """
    organization = get_organization(named)
    require(organization, right, actor=actor)
    return organization


def _standing_of(actor: Actor, organization: Organization) -> Standing:
    """Return what an actor is to an organization."""
    return Standing(
        role=_role_of(actor.user_id, organization) if actor.user_id else None,
        permissions=actor.permissions,
        in_disabled=organization.status == OrganizationStatus.DISABLED,
    )


def _role_of(user_id: str, organization: Organization) -> str | None:
    """Return the highest role of a user, as it is now."""
    found = select(Membership.roles).where(
        Membership.organization_id == organization.id, Membership.user_id == user_id
    )
    roles = db.session.scalar(found)
    return roles.partition(" ")[0] if roles else None
