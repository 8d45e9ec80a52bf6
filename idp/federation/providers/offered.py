"""The providers that people can sign in by, in operators' order."""

from collections.abc import Collection

from idp.federation.ldap_members import KIND
from idp.federation.providers.cache import find_provider, list_providers
from idp.federation.providers.provider import Provider

BY_BROWSER = frozenset({"oidc", "oauth2"})


def list_offered() -> tuple[Provider, ...]:
    """Return the providers that a browser can be sent to."""
    return tuple(filter(_is_offered, list_providers()))


def list_shown(organizations: Collection[str | None] = ()) -> tuple[Provider, ...]:
    """Return those that are shown to anybody: an organization's are for its people.

    Those of some ``organizations`` are shown besides: one goes there, or has an address
    at a domain of theirs.
    """
    shown = {None, *organizations}
    return tuple(each for each in list_offered() if each.organization_id in shown)


def list_of_organization(organization_id: str) -> tuple[Provider, ...]:
    """Return those by which people of an organization come, directories too.

    And its own that are switched off.
    """
    return tuple(
        each
        for each in list_providers()
        if each.organization_id == organization_id
        or (each.organization_id is None and not each.disabled)
    )


def find_offered(provider_id: str) -> Provider | None:
    """Return one of them, None if there is none of this id, or it is switched off."""
    found = find_provider(provider_id)
    return found if found and _is_offered(found) else None


def list_directories() -> tuple[Provider, ...]:
    """Return the directories that are asked now; it costs no statement."""
    return tuple(
        each for each in list_providers() if each.kind == KIND and not each.disabled
    )


def find_usable(provider_id: str) -> Provider | None:
    """Return a provider of any kind, None if there is none or it is switched off."""
    found = find_provider(provider_id)
    return found if found and not found.disabled else None


def _is_offered(provider: Provider) -> bool:
    """Tell whether a browser can be sent there now."""
    return provider.kind in BY_BROWSER and not provider.disabled
