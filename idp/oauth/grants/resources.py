"""The ``resource`` parameter of a token request (RFC 8707 §2.2)."""

from authlib.oauth2.rfc6749 import OAuth2Error

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.oauth.protocol.errors import AuthorizationError
from idp.oauth.protocol.resources import parse_resources
from idp.oauth.token_endpoint.request import TokenRequest


class InvalidTarget(OAuth2Error):
    """A resource that the grant is not about."""

    error = "invalid_target"


def asked_resources(request: TokenRequest) -> tuple[str, ...]:
    """Return the resources that a request is the first to name, well formed."""
    try:
        return parse_resources(request.resources)
    except AuthorizationError as error:
        raise InvalidTarget(error.description) from error


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
