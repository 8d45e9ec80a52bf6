"""The ``resource`` parameter of a token request (RFC 8707 §2.2)."""

from authlib.oauth2.rfc6749 import OAuth2Error

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.oauth.token_request import TokenRequest


class InvalidTarget(OAuth2Error):
    """A resource that the grant is not about."""

    error = "invalid_target"


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
        raise InvalidTarget("resource was not part of the authorization.")
    return tuple(dict.fromkeys(request.resources))
