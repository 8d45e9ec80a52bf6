"""The domains that an organization has named: find, add, change and remove them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from idp.core.db import db, unless_taken
from idp.core.randomness import new_token
from idp.organizations.access import Actor
from idp.organizations.changes import hold_shared
from idp.organizations.domains.errors import (
    DomainNotVerified,
    DomainTaken,
    InvalidDomain,
    TooManyDomains,
    UnknownDomain,
)
from idp.organizations.domains.names import canonical_domain, domain_problem
from idp.organizations.domains.verified import forget_verified, verified_domains
from idp.organizations.models import Organization, OrganizationDomain
from idp.organizations.registry import record_organization
from idp.organizations.rights import Right

MOST = 20


def list_domains(organization: Organization) -> Sequence[OrganizationDomain]:
    """Return what an organization has named, by name."""
    own = select(OrganizationDomain).where(
        OrganizationDomain.organization_id == organization.id
    )
    return db.session.scalars(own.order_by(OrganizationDomain.domain)).all()


def get_domain(organization: Organization, domain: str) -> OrganizationDomain:
    """Return a domain of an organization, or raise UnknownDomain."""
    own = select(OrganizationDomain).where(
        OrganizationDomain.organization_id == organization.id,
        OrganizationDomain.domain == canonical_domain(domain),
    )
    found = db.session.scalar(own.execution_options(populate_existing=True))
    if found is None:
        raise UnknownDomain
    return found


def add_domain(
    organization: Organization, named: str, *, actor: Actor
) -> OrganizationDomain:
    """Name a domain, which is to be proven; one that is named already stays as it is.

    Raises InvalidDomain, DomainTaken for another's, TooManyDomains, and what
    ``hold_shared`` does.
    """
    domain = canonical_domain(named)
    problem = domain_problem(domain)
    if problem:
        raise InvalidDomain([problem])
    hold_shared(organization, Right.DOMAINS, actor=actor)
    try:
        return get_domain(organization, domain)
    except UnknownDomain:
        return _add(organization, domain, actor=actor)


def change_domain(
    organization: Organization, domain: str, *, auto_join: bool, actor: Actor
) -> OrganizationDomain:
    """Say whether who has a proven address there becomes a member.

    Raises UnknownDomain, and what ``hold_shared`` does.
    """
    hold_shared(organization, Right.DOMAINS, actor=actor)
    row = get_domain(organization, domain)
    if row.auto_join != auto_join:
        row.auto_join = auto_join
        record(
            organization,
            row,
            by=actor.user_id,
            before={"auto_join": not auto_join},
            after={"auto_join": auto_join},
        )
    return row


def enforce_provider(
    organization: Organization,
    domain: str,
    *,
    provider_id: str | None,
    actor: Actor,
) -> OrganizationDomain:
    """Let a provider be the only way in for addresses of a domain; None lets all be.

    Whether it is one of the organization's is for the caller to say. Raises
    DomainNotVerified, UnknownDomain, and what ``hold_shared`` does.
    """
    hold_shared(organization, Right.DOMAINS, actor=actor)
    row = get_domain(organization, domain)
    if provider_id and row.verified_at is None:
        raise DomainNotVerified
    before = row.provider_id
    if before != provider_id:
        row.provider_id = provider_id
        record(
            organization,
            row,
            by=actor.user_id,
            before={"provider": before},
            after={"provider": provider_id},
        )
    return row


def remove_domain(organization: Organization, domain: str, *, actor: Actor) -> None:
    """Give a domain up. Who joined by it stays. Raises as ``change_domain`` does."""
    hold_shared(organization, Right.DOMAINS, actor=actor)
    row = get_domain(organization, domain)
    db.session.delete(row)
    record(
        organization,
        row,
        by=actor.user_id,
        before={"verified": row.verified_at is not None},
        after=None,
    )


def release_domains(provider_id: str) -> None:
    """Let a provider that is no more be the only way in nowhere."""
    named = OrganizationDomain.provider_id == provider_id
    db.session.execute(update(OrganizationDomain).where(named).values(provider_id=None))
    forget_verified()


def record(
    organization: Organization, row: OrganizationDomain, *, by: str | None, **told: Any
) -> None:
    """Say in the audit log what became of a domain, and have all processes see it."""
    db.session.flush()
    forget_verified()
    record_organization(
        "organization.domain.changed", organization, by=by, domain=row.domain, **told
    )


def _add(
    organization: Organization, domain: str, *, actor: Actor
) -> OrganizationDomain:
    """Name a domain that the organization, which is held, has not named."""
    other = verified_domains().get(domain)
    if other and other.organization_id != organization.id:
        raise DomainTaken
    named = select(func.count()).where(
        OrganizationDomain.organization_id == organization.id
    )
    if (db.session.scalar(named) or 0) >= MOST:
        raise TooManyDomains
    row = OrganizationDomain(
        organization_id=organization.id, domain=domain, token=new_token()
    )
    with unless_taken(DomainTaken):
        db.session.add(row)
        db.session.flush()
    record_organization(
        "organization.domain.changed",
        organization,
        by=actor.user_id,
        domain=domain,
        before=None,
        after={"verified": False},
    )
    return row
