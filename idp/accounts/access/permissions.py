"""Who may do what here: the one table of roles and permissions, and how it is read.

Pages and routes ask it through ``web.callers.access``; nothing else decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """All roles that there are."""

    OWNER = "owner"
    ADMIN = "admin"
    SUPPORT = "support"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """Something that may be done here; the names are public and never change."""

    USERS_READ = "users.read"
    SESSIONS_READ = "sessions.read"
    ORGANIZATIONS_READ = "organizations.read"
    GROUPS_READ = "groups.read"
    CLIENTS_READ = "clients.read"
    APIS_READ = "apis.read"
    PROVIDERS_READ = "providers.read"
    KEYS_READ = "keys.read"
    DELIVERIES_READ = "deliveries.read"
    AUDIT_READ = "audit.read"
    REFUSALS_READ = "refusals.read"
    SETTINGS_READ = "settings.read"
    USERS_CREATE = "users.create"
    USERS_UPDATE = "users.update"
    USERS_DISABLE = "users.disable"
    USERS_SEND_RESET = "users.send_reset"
    SESSIONS_END = "sessions.end"
    FACTORS_RESET = "factors.reset"
    INVITES = "invites"
    WAITLIST = "waitlist"
    USERS_ADDRESS = "users.address"
    USERS_SIGN_IN_LINK = "users.sign_in_link"
    USERS_DELETE = "users.delete"
    USERS_IMPORT = "users.import"
    ORGANIZATIONS_WRITE = "organizations.write"
    GROUPS_WRITE = "groups.write"
    CLIENTS_WRITE = "clients.write"
    CLIENTS_SECRETS = "clients.secrets"
    APIS_WRITE = "apis.write"
    PROVIDERS_WRITE = "providers.write"
    WEBHOOKS = "webhooks"
    BRANDING = "branding"
    USERS_ROLES = "users.roles"
    API_KEYS = "api_keys"
    KEYS_ROTATE = "keys.rotate"
    KEYS_REVOKE = "keys.revoke"
    SETTINGS_WRITE = "settings.write"
    INSTANCE_EXPORT = "instance.export"
    INSTANCE_IMPORT = "instance.import"


P = Permission
EVERY_ROLE = frozenset(Role)
_READS = (
    P.USERS_READ,
    P.SESSIONS_READ,
    P.ORGANIZATIONS_READ,
    P.GROUPS_READ,
    P.CLIENTS_READ,
    P.APIS_READ,
    P.PROVIDERS_READ,
    P.KEYS_READ,
    P.DELIVERIES_READ,
    P.REFUSALS_READ,
)
_INSPECTION = (P.AUDIT_READ, P.SETTINGS_READ)
_HELP = (
    P.USERS_CREATE,
    P.USERS_UPDATE,
    P.USERS_DISABLE,
    P.USERS_SEND_RESET,
    P.SESSIONS_END,
    P.FACTORS_RESET,
    P.INVITES,
    P.WAITLIST,
)
# What these open is the account itself.
_TAKEOVER = (P.USERS_ADDRESS, P.USERS_SIGN_IN_LINK)
_RUNNING = (
    P.USERS_DELETE,
    P.USERS_IMPORT,
    P.ORGANIZATIONS_WRITE,
    P.GROUPS_WRITE,
    P.CLIENTS_WRITE,
    P.CLIENTS_SECRETS,
    P.APIS_WRITE,
    P.PROVIDERS_WRITE,
    P.WEBHOOKS,
    P.BRANDING,
)
_OWNERS_ALONE = (
    P.USERS_ROLES,
    P.API_KEYS,
    P.KEYS_ROTATE,
    P.KEYS_REVOKE,
    P.SETTINGS_WRITE,
    P.INSTANCE_EXPORT,
    P.INSTANCE_IMPORT,
)

TABLE: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    dict.fromkeys(_READS, EVERY_ROLE)
    | dict.fromkeys(_INSPECTION, EVERY_ROLE - {Role.SUPPORT})
    | dict.fromkeys(_HELP, EVERY_ROLE - {Role.AUDITOR})
    | dict.fromkeys((*_TAKEOVER, *_RUNNING), EVERY_ROLE - {Role.AUDITOR, Role.SUPPORT})
    | dict.fromkeys(_OWNERS_ALONE, frozenset({Role.OWNER}))
)

# Whoever runs commands on the machine holds its database, and so everything.
OPERATOR = frozenset(Permission)
OWNERS_ALONE = frozenset(_OWNERS_ALONE)
Permissions = frozenset[Permission]
NOTHING: Permissions = frozenset()


@dataclass(frozen=True)
class Authority:
    """What a caller may do; ``on_plain_users`` of it to nobody who has a role."""

    permissions: frozenset[Permission] = frozenset()
    on_plain_users: frozenset[Permission] = frozenset()

    def narrowed(self, to: Iterable[str]) -> "Authority":
        """Return what is left of it for a key or token that names permissions."""
        return Authority(self.permissions & frozenset(to), self.on_plain_users)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Return all that users with these roles may do."""
    held = set(roles)
    return frozenset(each for each, holders in TABLE.items() if holders & held)


def authority_of(roles: Iterable[str]) -> Authority:
    """Return the same, with its limit: support helps nobody who has a role."""
    held = frozenset(roles)
    limited = (each for each in _HELP if TABLE[each] & held == {Role.SUPPORT})
    return Authority(permissions_of(held), frozenset(limited))


def may_on(
    authority: Authority, permission: Permission, *, other: Iterable[str]
) -> bool:
    """Tell whether a caller may do this to somebody with ``other`` roles.

    What opens an account is for those alone who hold all that it opens.
    """
    theirs = frozenset(other)
    if permission not in authority.permissions:
        return False
    if permission in authority.on_plain_users and theirs:
        return False
    opens = permissions_of(theirs) if permission in _TAKEOVER else frozenset()
    return opens <= authority.permissions


def beyond(
    held: frozenset[Permission], *, old: Iterable[str], new: Iterable[str]
) -> frozenset[str]:
    """Return the roles that this change gives or takes and that hold more than that."""
    changed = set(old) ^ set(new)
    return frozenset(role for role in changed if not permissions_of({role}) <= held)
