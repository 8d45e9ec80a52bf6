"""Which directory is asked for the password of a login."""

from dataclasses import dataclass

from idp.accounts.models import User
from idp.accounts.names import domain_of
from idp.accounts.policies.ways import sole_provider
from idp.accounts.users import find_by_login
from idp.core.text import is_line
from idp.federation.ldap.settings import takes_unknown
from idp.federation.links.rows import list_links
from idp.federation.of_organizations.domains import is_for
from idp.federation.providers.offered import list_directories
from idp.federation.providers.provider import Provider

LONGEST_LOGIN = 254


@dataclass(frozen=True)
class DirectoryRoute:
    """The directories to ask, in turn, and the account that has the login.

    ``by_password``: its password here counts too, where a directory does not know the
    one that was given.
    """

    directories: tuple[Provider, ...]
    user_id: str | None = None
    names: tuple[str | None, ...] = ()
    by_password: bool = False


def find_route(login: str) -> DirectoryRoute | None:
    """Return who is asked for a login, None where it is for this server alone.

    That is the directory that the account is linked to, the one of an address's domain,
    and those that take logins that nobody has here.
    """
    directories = list_directories()
    if not (directories and is_line(login) and 0 < len(login) <= LONGEST_LOGIN):
        return None
    user = find_by_login(login)
    by_domain = _of_domain(login, directories)
    if user is None:
        asked = by_domain or tuple(filter(takes_unknown, directories))
        return DirectoryRoute(asked) if asked else None
    linked = {link.provider_id for link in list_links(user.id)}
    own = tuple(each for each in directories if each.id in linked)
    if not (own or by_domain):
        return None
    managed = bool(own) or any(each.enforced for each in by_domain)
    return DirectoryRoute(
        own or by_domain,
        user.id,
        names=(user.username, user.email),
        by_password=bool(user.roles) or not managed,
    )


def manager_of(user: User) -> str | None:
    """Return the name of what has a user's password, if anything has.

    That is a directory, or the provider that is the only way in; who has to change the
    password first is let, though it opens nothing then. Who holds a role may have one
    here besides a directory's, for the day when that is gone.
    """
    sole = sole_provider(user.id, user.roles, email=user.email)
    if sole and not user.must_change_password:
        return sole.name
    directories = list_directories()
    if not directories or user.roles or user.must_change_password:
        return None
    linked = {link.provider_id for link in list_links(user.id)}
    return next((each.name for each in directories if each.id in linked), None)


def _has_domain(directory: Provider, domain: str) -> bool:
    """Tell whether a directory is for a domain, and not for all."""
    all_ = not directory.domains and directory.organization_id is None
    return not all_ and is_for(directory, f"@{domain}")


def _of_domain(login: str, directories: tuple[Provider, ...]) -> tuple[Provider, ...]:
    """Return the directories whose addresses a login may be one of."""
    if "@" not in login:
        return ()
    domain = domain_of(login)
    return tuple(each for each in directories if _has_domain(each, domain))
