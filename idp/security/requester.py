"""Who asks for something, as rules that decide or store by it take it."""

from dataclasses import dataclass

from idp.security.client_network import network_name
from idp.security.user_agent import browser_of


@dataclass(frozen=True, slots=True)
class Requester:
    """The network side of a request; commands have neither address nor browser.

    ``language`` is that of the pages which the requester reads.
    """

    ip: str | None = None
    user_agent: str | None = None
    language: str = "en"

    @property
    def description(self) -> dict[str, str]:
        """Return ``browser``, ``system`` and ``network``, as far as they are known."""
        browser = browser_of(self.user_agent)
        parts = {
            "browser": browser.name,
            "system": browser.system,
            "network": network_name(self.ip),
        }
        return {part: name for part, name in parts.items() if name}
