"""The buttons of other providers, as pages show them."""

from collections.abc import Collection

from idp.federation.links.rows import list_links
from idp.federation.providers.offered import list_offered, list_shown
from idp.federation.providers.provider import Provider
from idp.web.browser.cookies import last_provider


def offered_providers(
    *,
    allowed: bool,
    fresh: bool,
    only: Collection[str] | None = None,
    organizations: Collection[str | None] = (),
) -> list[dict[str, object]]:
    """Return what pages offer; the one that this browser came by last is marked.

    Where a ``fresh`` sign-in is wanted, one that cannot tell of such is unfit. ``only``
    some may count where one goes on. Those of some ``organizations`` are among them.
    """
    last = last_provider() if allowed else None
    shown = list_shown(organizations) if allowed else ()
    return [
        {
            "id": each.id,
            "name": each.name,
            "last": each.id == last,
            "unfit": fresh and not each.tells_when,
        }
        for each in shown
        if only is None or each.id in only
    ]


def linked_providers(user_id: str) -> list[Provider]:
    """Return those by which one can prove again who one is: they open the account.

    Where there are none nothing is asked.
    """
    offered = [each for each in list_offered() if each.tells_when]
    if not offered:
        return []
    linked = {link.provider_id for link in list_links(user_id)}
    return [provider for provider in offered if provider.id in linked]
