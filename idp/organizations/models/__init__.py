"""Tables of the organizations slice."""

from idp.organizations.models.membership import Membership
from idp.organizations.models.organization import Organization

__all__ = ["Membership", "Organization"]
