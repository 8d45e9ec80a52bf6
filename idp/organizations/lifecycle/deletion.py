"""The end of an organization: at once for its members, for good after fourteen days.

Until then who could delete it can undo that. Then its row goes, with all that belongs
to it; accounts stay.
"""

from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from idp.accounts.policies.effective import places_of_organization
from idp.accounts.policies.rows import forget_place
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.events import publish
from idp.organizations.access import Actor, require
from idp.organizations.errors import PersonalOrganization
from idp.organizations.events import (
    OrganizationClosed,
    OrganizationErased,
    OrganizationReopened,
)
from idp.organizations.lifecycle.notices import notify_owners
from idp.organizations.models import Organization
from idp.organizations.registry import hold_organization, record_organization
from idp.organizations.rights import Right
from idp.security import audit

GRACE = timedelta(days=14)
ERASED_AT_ONCE = 20
DELETED = "organization.deleted"

organizations = table_of(Organization)

ERASE = delete(organizations).where(
    organizations.c.id == bindparam("organization_id"),
    organizations.c.delete_at <= bindparam("now"),
)


def schedule_deletion(organization: Organization, *, actor: Actor) -> bool:
    """Take an organization out of use now and erase it later; False when it was to be.

    Its owners are mailed the way to its page, which undoes that.

    Raises PersonalOrganization, and what ``access.require`` does.
    """
    _hold(organization, actor=actor)
    if organization.delete_at is not None:
        return False
    now = utcnow()
    organization.delete_at, organization.updated_at = now + GRACE, now
    db.session.flush()
    publish(OrganizationClosed(organization.id))
    record_organization(DELETED, organization, by=actor.user_id, stage="scheduled")
    notify_owners(organization, "organization_deletion_scheduled")
    return True


def undo_deletion(organization: Organization, *, actor: Actor) -> bool:
    """Keep an organization; False when it was to stay.

    What had been opened in it stays ended. Raises what ``schedule_deletion`` does.
    """
    _hold(organization, actor=actor)
    if organization.delete_at is None:
        return False
    organization.delete_at, organization.updated_at = None, utcnow()
    publish(OrganizationReopened(organization.id))
    record_organization(DELETED, organization, by=actor.user_id, stage="undone")
    return True


def erase_due(limit: int = ERASED_AT_ONCE) -> int:
    """Erase the organizations whose time is over, each in its own transaction."""
    due = (
        select(Organization.id, Organization.name)
        .where(Organization.delete_at <= utcnow())
        .order_by(Organization.delete_at)
        .limit(limit)
    )
    erased = 0
    for organization_id, name in db.session.execute(due).all():
        erased += _erase(organization_id, name=name)
        db.session.commit()
    return erased


def _hold(organization: Organization, *, actor: Actor) -> None:
    """Hold an organization of several people for who may delete it."""
    hold_organization(organization)
    require(organization, Right.DELETE, actor=actor)
    if organization.personal_to is not None:
        raise PersonalOrganization


def _erase(organization_id: str, *, name: str) -> bool:
    """Erase one; False when another worker was faster or the deletion was undone."""
    given = {"organization_id": organization_id, "now": utcnow()}
    if not changed_one(ERASE, given):
        return False
    for place in places_of_organization(organization_id):
        forget_place(place)
    publish(OrganizationErased(organization_id))
    before = {"name": name}
    audit.record(DELETED, organization=organization_id, stage="erased", before=before)
    return True
