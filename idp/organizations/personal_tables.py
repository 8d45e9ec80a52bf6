"""The personal data of this slice."""

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from idp.accounts.lifecycle.personal_data import DataSubject, PersonalTable
from idp.core.db import table_of
from idp.organizations.models import (
    DomainJoin,
    Invite,
    Membership,
    Organization,
    OrganizationDomain,
    OrganizationLogo,
    OrganizationRole,
    WaitlistEntry,
)

organizations, memberships = table_of(Organization), table_of(Membership)
roles, invites = table_of(OrganizationRole), table_of(Invite)
waiting = table_of(WaitlistEntry)
logos = table_of(OrganizationLogo)
joins, domains = table_of(DomainJoin), table_of(OrganizationDomain)


def _invites_of(subject: DataSubject) -> ColumnElement[bool]:
    """Return which invites are about a user: those to their address, and accepted."""
    to_them = invites.c.email_key.in_(subject.proven_keys)
    return or_(to_them, invites.c.accepted_by == subject.user_id)


def _open_from(subject: DataSubject) -> ColumnElement[bool]:
    """Return which invites that a user sent were not answered."""
    return and_(
        invites.c.invited_by == subject.user_id,
        invites.c.accepted_at.is_(None),
        invites.c.declined_at.is_(None),
        invites.c.withdrawn_at.is_(None),
    )


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
    # The one of a user's own organization, with which it goes.
    PersonalTable(
        name="organization_logo",
        table=logos,
        of_subject=lambda subject: logos.c.organization_id.in_(
            select(organizations.c.id).where(
                organizations.c.personal_to == subject.user_id
            )
        ),
    ),
    PersonalTable(
        name="memberships",
        table=memberships,
        of_subject=lambda subject: memberships.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="domain_joins",
        table=joins,
        of_subject=lambda subject: joins.c.user_id == subject.user_id,
    ),
    PersonalTable(
        name="organization_domains",
        table=domains,
        withheld=frozenset({"mail_digest", "token"}),
        of_subject=lambda subject: domains.c.organization_id.in_(
            select(organizations.c.id).where(
                organizations.c.personal_to == subject.user_id
            )
        ),
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
    # Those that a user sent are about others, whose addresses they are.
    PersonalTable(
        name="invites",
        table=invites,
        of_subject=_invites_of,
        withheld=frozenset({"digest", "invited_by"}),
        # What a user sent would seem to be a program's, whose word holds on.
        erase=lambda subject: delete(invites).where(
            or_(_invites_of(subject), _open_from(subject))
        ),
    ),
    PersonalTable(
        name="waitlist_entries",
        table=waiting,
        of_subject=lambda subject: waiting.c.user_id == subject.user_id,
    ),
)
