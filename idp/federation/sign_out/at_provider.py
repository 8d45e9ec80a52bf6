"""Where a user who signs out here can sign out at the provider too."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.federation.providers.offered import find_offered, list_offered
from idp.federation.providers.provider import Provider
from idp.federation.sign_out.upstream_sessions import find_hint
from idp.federation.upstream.discovery import discover, discover_here
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.of_provider import reach_of

SIGNED_OUT = "/logout"


@dataclass(frozen=True)
class UpstreamLogout:
    """A provider's own sign-out (OIDC RP-Initiated Logout 1.0 §2), by its URL.

    ``by_way``: an operator wants each browser to go there before it goes on.
    """

    provider_name: str
    url: str
    by_way: bool

    def url_with(self, state: str) -> str:
        """Return the URL from which a browser comes back with ``state`` (§3)."""
        return f"{self.url}&{urlencode({'state': state})}"


def find_upstream_logout(session_ids: Iterable[str]) -> UpstreamLogout | None:
    """Return where one of these sessions came from, if that can be signed out.

    Ask it before they end. A provider that is away is none: where the browser has to go
    there it must have answered just now.
    """
    if not list_offered():
        return None
    hints = filter(None, map(find_hint, session_ids))
    provider_id, id_token = next(hints, ("", ""))
    provider = find_offered(provider_id)
    endpoint = _endpoint_of(provider) if provider else None
    if provider is None or endpoint is None:
        return None
    query = urlencode(
        {
            "id_token_hint": id_token,
            "client_id": provider.client_id,
            "post_logout_redirect_uri": current(ServerSettings).issuer + SIGNED_OUT,
        }
    )
    url = f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"
    return UpstreamLogout(provider.name, url, by_way=provider.signs_out)


def _endpoint_of(provider: Provider) -> str | None:
    """Return where a provider signs people out, None where it does not, or is away."""
    if provider.issuer is None:
        return None
    find = discover_here if provider.signs_out else discover
    try:
        with reach_of(provider):
            return find(provider.issuer).end_session
    except UpstreamError:
        return None
