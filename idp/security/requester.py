"""Who asks for something, as rules that decide or store by it take it."""

from dataclasses import dataclass

from idp.security.client_network import network_name
from idp.security.user_agent import describe_user_agent


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
        described = describe_user_agent(self.user_agent)
        network = network_name(self.ip)
        return described | ({"network": network} if network else {})
