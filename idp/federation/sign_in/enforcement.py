"""Addresses whose users sign in by their provider, and with no password of ours."""

from idp.accounts.access.permissions import Role
from idp.accounts.models import User
from idp.accounts.names import domain_of
from idp.accounts.policies.keys import PROVIDER
from idp.accounts.sessions.find import SessionUser
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.accounts.users import find_by_login
from idp.core.context import current
from idp.federation.providers.offered import list_offered
from idp.federation.providers.provider import Provider


def find_enforced(
    login: str, *, password: str | None, client_id: str | None = None
) -> Provider | None:
    """Return the provider that who signs in so has to go to, before any password.

    It goes by the domain of the address alone, be there an account or not; owners are
    excepted, so that a provider that is away locks nobody out for good. Where account
    privacy is ``private`` nothing is looked up, so none is excepted before the password
    is found right, which ``sign_in_by_password`` sees to.
    """
    if PROVIDER not in allowed_ways(client_id) or not _enforced():
        return None
    if current(AccountsSettings).account_privacy == "private":
        return None if password else enforced_at(login)
    return _enforced_for(find_by_login(login), login=login)


def goes_elsewhere(login: str, user: SessionUser) -> bool:
    """Tell whether a user who signs in as ``login`` has to go to a provider."""
    return _enforced_for(user, login=login) is not None


def enforced_at(address: str) -> Provider | None:
    """Return the provider of an address by its domain alone, whoever has it."""
    return _enforced().get(domain_of(address))


def _enforced_for(user: User | SessionUser | None, *, login: str) -> Provider | None:
    """Return the provider of who signs in as ``login``, with an account or without."""
    if user is None:
        return enforced_at(login)
    if Role.OWNER in user.roles:
        return None
    return enforced_at(login if "@" in login else user.email)


def _enforced() -> dict[str, Provider]:
    """Return the domains whose users have to go to a provider."""
    return {
        domain: provider
        for provider in list_offered()
        if provider.enforced
        for domain in provider.domains
    }
