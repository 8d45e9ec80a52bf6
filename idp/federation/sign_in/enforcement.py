"""Addresses whose users sign in by their provider, and with no password of ours."""

from idp.accounts.access.permissions import Role
from idp.accounts.users import find_by_login
from idp.federation.providers.offered import list_offered
from idp.federation.providers.provider import Provider
from idp.mail.address_syntax import ascii_domain


def find_enforced(login: str) -> Provider | None:
    """Return the provider that who signs in so has to go to, before any password.

    It goes by the domain of the address alone, be there an account or not; owners are
    excepted, so that a provider that is away locks nobody out for good.
    """
    if not _enforced():
        return None
    user = find_by_login(login)
    address = user.email if user and "@" not in login else login
    return None if user and Role.OWNER in user.roles else enforced_at(address)


def enforced_at(address: str) -> Provider | None:
    """Return the provider of an address by its domain alone, whoever has it."""
    return _enforced().get(domain_of(address))


def domain_of(address: str) -> str:
    """Return the domain of an address in the letters of the DNS, empty for none."""
    try:
        return ascii_domain(address.rpartition("@")[2])
    except ValueError:
        return ""


def _enforced() -> dict[str, Provider]:
    """Return the domains whose users have to go to a provider."""
    return {
        domain: provider
        for provider in list_offered()
        if provider.enforced
        for domain in provider.domains
    }
