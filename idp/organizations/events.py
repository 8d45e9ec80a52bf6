"""What rules of organizations tell those above them, in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MembershipEnded:
    """A user left an organization or was removed: what they opened in it must close."""

    organization_id: str
    user_id: str


@dataclass(frozen=True)
class OrganizationClosed:
    """An organization is out of use: what is open in it must close.

    An operator disabled it, or its deletion is scheduled.
    """

    organization_id: str


@dataclass(frozen=True)
class OrganizationReopened:
    """An organization that was out of use is in use again."""

    organization_id: str


@dataclass(frozen=True)
class OrganizationErased:
    """An organization is no more: what was its own goes with it."""

    organization_id: str
