"""What is linked to an account, as its owner is shown it."""

from dataclasses import dataclass
from datetime import datetime

from idp.federation.links.errors import NoSuchLink
from idp.federation.links.rows import list_links
from idp.federation.providers.cache import find_provider


@dataclass(frozen=True)
class LinkedAccount:
    """One link; not ``usable`` where its provider is switched off."""

    provider_id: str
    name: str
    email: str | None
    usable: bool
    created_at: datetime
    last_used_at: datetime | None


def list_linked(user_id: str) -> list[LinkedAccount]:
    """Return what is linked to an account, the oldest first."""
    found = []
    for link in list_links(user_id):
        provider = find_provider(link.provider_id)
        found.append(
            LinkedAccount(
                link.provider_id,
                provider.name if provider else link.provider_id,
                link.email,
                usable=provider is not None and not provider.disabled,
                created_at=link.created_at,
                last_used_at=link.last_used_at,
            )
        )
    return found


def get_linked(user_id: str, provider_id: str) -> LinkedAccount:
    """Return what is linked of one provider; raises NoSuchLink."""
    for linked in list_linked(user_id):
        if linked.provider_id == provider_id:
            return linked
    raise NoSuchLink
