"""The buttons of other providers, as pages show them."""

from idp.federation.sign_in.offered import list_offered
from idp.web.browser.cookies import last_provider


def offered_providers(*, allowed: bool) -> list[dict[str, object]]:
    """Return what pages offer; the one that this browser came by last is marked."""
    last = last_provider() if allowed else None
    return [
        {"id": each.id, "name": each.name, "last": each.id == last}
        for each in (list_offered() if allowed else ())
    ]
