"""Roles of members that a provider of the organization says, at each sign-in by it."""

from collections.abc import Mapping

from sqlalchemy import select

from idp.core.db import db
from idp.organizations.errors import NotAMember, UnknownOrganization
from idp.organizations.members import get_member, has_acting_owner
from idp.organizations.models import Membership, Organization, OrganizationRole
from idp.organizations.registry import hold_organization, record_organization
from idp.organizations.roles import BUILT_IN, OWNER, joined


def follow_roles(
    organization_id: str, user_id: str, *, meant: Mapping[str, bool], by: str
) -> None:
    """Give a member the roles that a provider says they have, and take others.

    ``meant`` are all that it decides about. Nothing is done to who is no member, none
    is given that the organization does not have, and its last owner stays one.
    """
    organization = db.session.get(Organization, organization_id)
    if organization is None:
        return
    try:
        hold_organization(organization)
        member = get_member(organization, user_id)
    except (NotAMember, UnknownOrganization):
        return
    before = member.roles
    wanted = _following(before, meant, known=_known_in(organization))
    if wanted == before:
        return
    member.roles = wanted
    db.session.flush()
    if OWNER in before.split() and not has_acting_owner(organization):
        wanted = member.roles = joined({OWNER, *wanted.split()})
        db.session.flush()
    _record(organization, member, before=before, by=by)


def _following(stored: str, meant: Mapping[str, bool], *, known: set[str]) -> str:
    """Return stored roles with those that are given, and without those taken."""
    give = {role for role, held in meant.items() if held} & known
    take = {role for role, held in meant.items() if not held}
    return joined({*stored.split(), *give} - take)


def _known_in(organization: Organization) -> set[str]:
    """Return the roles that there are in an organization."""
    named = select(OrganizationRole.name).where(
        OrganizationRole.organization_id == organization.id
    )
    return {*BUILT_IN, *db.session.scalars(named)}


def _record(
    organization: Organization, member: Membership, *, before: str, by: str
) -> None:
    """Say in the audit log what a member is now, where that changed."""
    if member.roles == before:
        return
    record_organization(
        "member.role_changed",
        organization,
        by=None,
        provider=by,
        member=member.user_id,
        before={"roles": before.split()},
        after={"roles": member.roles.split()},
    )
