"""Who asks for something, as rules that decide or store by it take it."""

from dataclasses import dataclass

from flask_babel import gettext

from idp.security.client_network import network_name
from idp.security.user_agent import browser_name


@dataclass(frozen=True, slots=True)
class Requester:
    """The network side of a request; commands have neither address nor browser.

    ``language`` is that of the pages which the requester reads.
    """

    ip: str | None = None
    user_agent: str | None = None
    language: str = "en"

    @property
    def name(self) -> str | None:
        """Return words like ``Firefox on Linux (203.0.x.x)``; None in commands."""
        browser, network = browser_name(self.user_agent), network_name(self.ip)
        if network is None:
            return browser
        named = browser or gettext("a program")
        return f"{named} ({network})"
