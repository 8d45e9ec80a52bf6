"""The ``resource`` parameter of a token request (RFC 8707 §2.2)."""

from idp.oauth.apis import builtin
from idp.oauth.clients import audiences
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.token_request import TokenRequest


def checked_resources(
    request: TokenRequest, granted: list[str] | None, *, client: ClientView
) -> tuple[str, ...]:
    """Return the audience of a token: what was granted, or the part asked for.

    Without resources in the grant it is this server, which may also be named. What the
    client may ask for no more has gone.
    """
    possible = audiences.still_listed(client, tuple(granted or ()))
    if not request.resources:
        audiences.refuse_unlike(client, possible)
        return possible
    allowed = possible or (builtin.server(),)
    if not set(request.resources) <= set(allowed):
        raise OAuthRefusal(
            "invalid_target", "resource was not part of the authorization."
        )
    chosen = tuple(dict.fromkeys(request.resources))
    audiences.refuse_unlike(client, chosen)
    return chosen
