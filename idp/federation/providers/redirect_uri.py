"""Where providers send browsers back to: one place for each (RFC 9700 §4.4)."""

from idp.core.context import current
from idp.core.settings.server import ServerSettings

CALLBACK = "/oauth2/callback"


def redirect_uri_of(provider_id: str) -> str:
    """Return what an operator registers at a provider."""
    return f"{current(ServerSettings).issuer}{CALLBACK}/{provider_id}"
