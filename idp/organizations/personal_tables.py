"""The personal data of this slice."""

from sqlalchemy import select

from idp.accounts.lifecycle.personal_data import PersonalTable
from idp.core.db import table_of
from idp.organizations.models import Membership, Organization

organizations, memberships = table_of(Organization), table_of(Membership)

PERSONAL_TABLES = (
    PersonalTable(
        name="organizations",
        table=organizations,
        of_subject=lambda subject: organizations.c.id.in_(
            select(memberships.c.organization_id).where(
                memberships.c.user_id == subject.user_id
            )
        ),
    ),
    PersonalTable(
        name="memberships",
        table=memberships,
        of_subject=lambda subject: memberships.c.user_id == subject.user_id,
    ),
)
