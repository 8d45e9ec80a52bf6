"""The domains that are verified: all are read once, and kept by the process.

Sign-ins ask whether an address is at one: it costs no statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from idp.accounts.names import domain_of
from idp.core.caches.cached import Cached
from idp.core.caches.versions import Caches
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import table_of
from idp.organizations.contexts.places import IN_USE
from idp.organizations.models import Organization, OrganizationDomain

VERIFIED = "organization_domains"  # the name in cache_versions

domains, organizations = table_of(OrganizationDomain), table_of(Organization)
ALL = (
    select(
        domains.c.domain,
        domains.c.organization_id,
        domains.c.auto_join,
        domains.c.provider_id,
    )
    .join_from(domains, organizations)
    .where(domains.c.verified_at.is_not(None), IN_USE)
)


@dataclass(frozen=True)
class VerifiedDomain:
    """A domain that one organization, which is in use, has proven to be its own."""

    domain: str
    organization_id: str
    auto_join: bool
    provider_id: str | None


Verified = Mapping[str, VerifiedDomain]


class VerifiedDomains(Cached[Verified]):
    """All verified domains, by their name."""

    def __init__(self) -> None:
        super().__init__(VERIFIED)


def verified_domains() -> Verified:
    """Return the verified domains of all organizations that are in use."""
    return current(VerifiedDomains).fetch(VERIFIED, _read)


def find_verified(address: str) -> VerifiedDomain | None:
    """Return the verified domain of an address."""
    return verified_domains().get(domain_of(address))


def organization_at(address: str) -> str | None:
    """Return whose the domain of an address is."""
    found = find_verified(address)
    return found.organization_id if found else None


def verified_of(organization_id: str) -> tuple[str, ...]:
    """Return the verified domains of an organization."""
    return tuple(
        sorted(
            each.domain
            for each in verified_domains().values()
            if each.organization_id == organization_id
        )
    )


def forget_verified() -> None:
    """Have every process read them anew, once this is committed."""
    current(Caches).bump(VERIFIED)


def _read() -> Verified:
    """Read all of them."""
    rows = connection().execute(ALL)
    return {row.domain: VerifiedDomain(**row._asdict()) for row in rows}
