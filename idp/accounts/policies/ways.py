"""By which ways a user may sign in: every way in, and all that offers one, asks here.

Policies say which. Where the domain of the user's address has a provider of its own,
that is the only one, whatever else the user has (security.md §5).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from idp.accounts.policies.effective import effective, places_of
from idp.accounts.policies.keys import PROVIDER, SIGN_IN_METHODS
from idp.core.context import current


@dataclass(frozen=True)
class SoleProvider:
    """The one provider that signs a user in, and the path where that begins."""

    id: str
    name: str
    path: str


@dataclass(frozen=True)
class EnforcedDomains:
    """Whose provider is the only way in: providers stand above accounts.

    ``provider_of`` takes the user's id and instance roles, and the primary address as
    ``email``. Where no domain is enforced it costs no statement.
    """

    provider_of: Callable[..., SoleProvider | None]


def ways_of(user_id: str, roles: Collection[str], *, email: str) -> tuple[str, ...]:
    """Return the ways that are open to a user, wherever that leads."""
    ways = effective(SIGN_IN_METHODS, places_of(roles))
    return (PROVIDER,) if _sole(ways, user_id, roles=roles, email=email) else ways


def may_use(way: str, *, user_id: str, roles: Collection[str], email: str) -> bool:
    """Tell whether one of those is ``way``."""
    return way in ways_of(user_id, roles, email=email)


def sole_provider(
    user_id: str, roles: Collection[str], *, email: str
) -> SoleProvider | None:
    """Return the provider that is a user's only way in, None where others are open."""
    ways = effective(SIGN_IN_METHODS, places_of(roles))
    return _sole(ways, user_id, roles=roles, email=email)


def sole_provider_at(address: str) -> SoleProvider | None:
    """Return the same for whoever has an address: by its domain alone."""
    if PROVIDER not in effective(SIGN_IN_METHODS):
        return None
    return current(EnforcedDomains).provider_of("", (), email=address)


def _sole(
    ways: Collection[str], user_id: str, *, roles: Collection[str], email: str
) -> SoleProvider | None:
    """Return it where policies allow providers at all."""
    if PROVIDER not in ways:
        return None
    return current(EnforcedDomains).provider_of(user_id, roles, email=email)
