"""Which addresses a provider is for, and which accounts it may open.

What an operator set up is for the domains that the operator names, or for all. That of
an organization is for the domains that this organization has proven, whatever it says
itself: it opens no account of anybody else, and none that can do anything here.
"""

from idp.accounts.models import User
from idp.accounts.names import domain_of
from idp.federation.of_organizations.providers import get_own_provider
from idp.federation.providers.provider import Provider
from idp.organizations.access import Actor
from idp.organizations.domains.registry import enforce_provider
from idp.organizations.domains.verified import verified_domains, verified_of
from idp.organizations.models import Organization, OrganizationDomain


def is_for(provider: Provider, address: str) -> bool:
    """Tell whether an address is of those that a provider is for."""
    domain = domain_of(address)
    if provider.organization_id:
        return domain in verified_of(provider.organization_id)
    return not provider.domains or domain in provider.domains


def may_open(provider: Provider, user: User) -> bool:
    """Tell whether a provider is one that may open the account of a user at all."""
    if provider.organization_id is None:
        return True
    return not user.roles and is_for(provider, user.email)


def enforced_domains(providers: tuple[Provider, ...]) -> dict[str, Provider]:
    """Return the domains that one of these is the only way in for."""
    usable = {each.id: each for each in providers if not each.disabled}
    by_operators = {
        domain: each
        for each in usable.values()
        if each.enforced and not each.organization_id
        for domain in each.domains
    }
    by_owners = {
        each.domain: usable[each.provider_id]
        for each in verified_domains().values()
        if each.provider_id in usable
        and usable[each.provider_id].organization_id == each.organization_id
    }
    return by_owners | by_operators


def enforce_at_domain(
    organization: Organization, domain: str, *, provider_id: str | None, actor: Actor
) -> OrganizationDomain:
    """Let a provider of an organization be the only way in at a domain, None no more.

    Raises UnknownProvider for one that is not the organization's, and what
    ``enforce_provider`` does.
    """
    if provider_id:
        get_own_provider(organization, provider_id)
    return enforce_provider(organization, domain, provider_id=provider_id, actor=actor)
