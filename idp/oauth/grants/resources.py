"""The ``resource`` parameter of a token request (RFC 8707 §2.2)."""

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.token_request import TokenRequest


def checked_resources(
    request: TokenRequest, granted: list[str] | None
) -> tuple[str, ...]:
    """Return the audience of a token: what was granted, or the part asked for.

    Without resources in the grant it is this server, which may also be named.
    """
    possible = tuple(granted or ())
    if not request.resources:
        return possible
    allowed = possible or (current(ServerSettings).issuer,)
    if not set(request.resources) <= set(allowed):
        raise OAuthRefusal(
            "invalid_target", "resource was not part of the authorization."
        )
    return tuple(dict.fromkeys(request.resources))
