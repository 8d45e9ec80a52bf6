"""Addresses whose users sign in by their provider, and no way of ours."""

from collections.abc import Collection

from idp.accounts.access.permissions import Role
from idp.accounts.models import User
from idp.accounts.names import domain_of
from idp.accounts.policies.keys import PROVIDER
from idp.accounts.policies.ways import SoleProvider
from idp.accounts.sessions.find import SessionUser
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.accounts.users import find_by_login
from idp.core.context import current
from idp.federation.links.rows import has_link
from idp.federation.of_organizations.domains import enforced_domains
from idp.federation.providers.cache import list_providers
from idp.federation.providers.offered import BY_BROWSER
from idp.federation.providers.provider import Provider

LOGIN = "/login"


def find_enforced(
    login: str, *, judged_later: bool, client_id: str | None = None
) -> Provider | None:
    """Return the provider that who signs in so has to go to, before anything else.

    It goes by the domain of the address alone, be there an account or not; owners are
    excepted, so that a provider that is away locks nobody out for good. Where account
    privacy is ``private`` nothing is looked up, so none is excepted unless the sign-in
    is ``judged_later`` by who comes of it, a password or a mail: then nobody is sent.
    """
    if PROVIDER not in allowed_ways(client_id) or not _enforced():
        return None
    if current(AccountsSettings).account_privacy == "private":
        return None if judged_later else enforced_at(login)
    return _sent_to(find_by_login(login), login=login)


def goes_elsewhere(login: str, user: SessionUser) -> bool:
    """Tell whether the address that a user has named has a provider alone."""
    found = enforced_at(login)
    excepted = _is_excepted(user.user_id, user.roles, provider=found)
    return found is not None and not excepted


def enforced_at(address: str) -> Provider | None:
    """Return where a browser is sent by the domain of an address, whoever has it."""
    found = enforced_for(address)
    return found if found and found.kind in BY_BROWSER else None


def enforced_for(address: str) -> Provider | None:
    """Return the provider, of any kind, that signs users of an address in alone."""
    return _enforced().get(domain_of(address))


def sole_provider_of(
    user_id: str, roles: Collection[str], *, email: str
) -> SoleProvider | None:
    """Return the provider that is the only way in for a user, as all of them ask."""
    found = enforced_for(email)
    if found is None or _is_excepted(user_id, roles, provider=found):
        return None
    by_browser = found.kind in BY_BROWSER
    path = f"{LOGIN}/with/{found.id}" if by_browser else LOGIN
    return SoleProvider(found.id, found.name, path)


def _sent_to(user: User | None, *, login: str) -> Provider | None:
    """Return where a browser is sent that signs in as ``login``, or as nobody."""
    if user is None:
        return enforced_at(login)
    found = enforced_at(login if "@" in login else user.email)
    return None if _is_excepted(user.id, user.roles, provider=found) else found


def _is_excepted(
    user_id: str, roles: Collection[str], *, provider: Provider | None
) -> bool:
    """Tell whether a user signs in here all the same.

    Owners do, and who holds another role until they have linked the provider: none is
    linked by an address. That of an organization opens no account with a role.
    """
    if not roles or provider is None or Role.OWNER in roles:
        return bool(roles) and Role.OWNER in roles
    return provider.organization_id is not None or not has_link(user_id, provider.id)


def _enforced() -> dict[str, Provider]:
    """Return the domains whose users have to go to a provider."""
    return enforced_domains(list_providers())
