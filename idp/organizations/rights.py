"""Who may do what in an organization: the one table of it (pure).

Members may by their role there, operators of the server by their permissions.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from idp.accounts.access.permissions import NOTHING, Permission, Permissions
from idp.organizations.roles import ADMIN, MEMBER, OWNER


class Right(StrEnum):
    """Something that may be done in an organization."""

    READ = "read"  # what it is, who is in it
    UPDATE = "update"  # name, slug, logo
    MEMBERS = "members"  # give roles below owner, remove who has one
    ROLES = "roles"  # the roles that it names itself
    INVITES = "invites"
    SETUP = "setup"  # look at domains and providers
    DOMAINS = "domains"
    PROVIDERS = "providers"
    POLICY = "policy"
    AUDIT = "audit"
    OWNERS = "owners"  # make and unmake owners
    DELETE = "delete"  # and undo it
    OPERATE = "operate"  # disable, approve, make for others


_OF_MEMBERS = frozenset({Right.READ})
_OF_ADMINS = _OF_MEMBERS | {Right.UPDATE, Right.MEMBERS, Right.ROLES, Right.INVITES}
_OF_OPERATORS = {
    Right.READ: Permission.ORGANIZATIONS_READ,
    Right.SETUP: Permission.ORGANIZATIONS_READ,
    Right.AUDIT: Permission.AUDIT_READ,
    Right.INVITES: Permission.INVITES,
    Right.PROVIDERS: Permission.PROVIDERS_WRITE,  # they open accounts
    Right.POLICY: Permission.SETTINGS_WRITE,
}

TABLE: Mapping[str, frozenset[Right]] = MappingProxyType(
    {
        MEMBER: _OF_MEMBERS,
        ADMIN: _OF_ADMINS,
        OWNER: frozenset(Right) - {Right.OPERATE},
    }
)


@dataclass(frozen=True)
class Standing:
    """What a caller is to an organization: a role in it, permissions on the server.

    ``in_disabled`` is whether an operator has disabled it: roles change nothing then.
    """

    role: str | None = None
    permissions: Permissions = NOTHING
    in_disabled: bool = False


def allows(standing: Standing, right: Right) -> bool:
    """Tell whether a caller may do this in an organization."""
    by_role = TABLE.get(standing.role or "", frozenset())
    if standing.in_disabled:
        by_role &= _OF_MEMBERS
    needed = _OF_OPERATORS.get(right, Permission.ORGANIZATIONS_WRITE)
    return right in by_role or needed in standing.permissions


def right_to_change(*, old: str | None, new: str | None) -> Right:
    """Return what it is to make a role of another; None is no membership."""
    return Right.OWNERS if OWNER in (old, new) else Right.MEMBERS


def rights_to_invite(roles: Collection[str]) -> frozenset[Right]:
    """Return what it takes to invite somebody who gets these roles.

    Who may only invite, as operators who help do, invites plain members.
    """
    needed = {Right.INVITES}
    if set(roles) - {MEMBER}:
        needed.add(Right.MEMBERS)
    if OWNER in roles:
        needed.add(Right.OWNERS)
    return frozenset(needed)
