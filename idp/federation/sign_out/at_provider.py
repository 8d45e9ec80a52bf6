"""Where a user who signs out here can sign out at the provider too."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.federation.providers.offered import find_offered, list_offered
from idp.federation.sign_out.upstream_sessions import find_hint
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.of_provider import endpoints_of

SIGNED_OUT = "/logout"


@dataclass(frozen=True)
class UpstreamLogout:
    """A provider's own sign-out (OIDC RP-Initiated Logout 1.0 §2), by its URL."""

    provider_name: str
    url: str


def find_upstream_logout(session_ids: Iterable[str]) -> UpstreamLogout | None:
    """Return where one of these sessions came from, if that can be signed out.

    Ask it before they end. A provider that is away is none.
    """
    if not list_offered():
        return None
    hints = filter(None, map(find_hint, session_ids))
    provider_id, id_token = next(hints, ("", ""))
    provider = find_offered(provider_id)
    if provider is None:
        return None
    try:
        endpoint = endpoints_of(provider).end_session
    except UpstreamError:
        return None
    if endpoint is None:
        return None
    query = urlencode(
        {
            "id_token_hint": id_token,
            "client_id": provider.client_id,
            "post_logout_redirect_uri": current(ServerSettings).issuer + SIGNED_OUT,
        }
    )
    return UpstreamLogout(
        provider.name, f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"
    )
