"""The personal data of this slice."""

from sqlalchemy import select, update

from idp.accounts.lifecycle.personal_data import PersonalTable
from idp.core.db import table_of
from idp.organizations.models import Membership, Organization, OrganizationRole

organizations, memberships = table_of(Organization), table_of(Membership)
roles = table_of(OrganizationRole)

PERSONAL_TABLES = (
    PersonalTable(
        name="organizations",
        table=organizations,
        of_subject=lambda subject: organizations.c.id.in_(
            select(memberships.c.organization_id).where(
                memberships.c.user_id == subject.user_id
            )
        ),
        withheld=frozenset({"created_by"}),
        # Who else is in it goes on without knowing who made it.
        erase=lambda subject: (
            update(organizations)
            .where(organizations.c.created_by == subject.user_id)
            .values(created_by=None)
        ),
    ),
    PersonalTable(
        name="memberships",
        table=memberships,
        of_subject=lambda subject: memberships.c.user_id == subject.user_id,
    ),
    # Those of an organization of several people are nobody's own.
    PersonalTable(
        name="organization_roles",
        table=roles,
        of_subject=lambda subject: roles.c.organization_id.in_(
            select(organizations.c.id).where(
                organizations.c.personal_to == subject.user_id
            )
        ),
    ),
)
