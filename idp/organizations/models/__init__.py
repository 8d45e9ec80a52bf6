"""Tables of the organizations slice."""

from idp.organizations.models.domain_join import DomainJoin
from idp.organizations.models.invite import Invite
from idp.organizations.models.membership import Membership
from idp.organizations.models.organization import Organization, OrganizationStatus
from idp.organizations.models.organization_domain import OrganizationDomain
from idp.organizations.models.organization_logo import OrganizationLogo
from idp.organizations.models.organization_role import OrganizationRole
from idp.organizations.models.waitlist_entry import WaitlistEntry

__all__ = [
    "DomainJoin",
    "Invite",
    "Membership",
    "Organization",
    "OrganizationDomain",
    "OrganizationLogo",
    "OrganizationRole",
    "OrganizationStatus",
    "WaitlistEntry",
]
