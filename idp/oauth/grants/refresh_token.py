"""grant_type=refresh_token (RFC 6749 §6)."""

from idp.core.clock import utcnow
from idp.oauth.clients.view import ClientView
from idp.oauth.grants.resources import checked_resources
from idp.oauth.protocol import scopes
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_grant, invalid_request
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.tokens import issue, refresh
from idp.oauth.tokens.issue import TokenResponse

REFUSED = (
    "The refresh token is unknown, expired, used or revoked, or belongs to another "
    "client. Start a new authorization request."
)


def exchange(request: TokenRequest, client: ClientView) -> TokenResponse:
    """Rotate, then issue: of parallel requests with one token both get one successor.

    A wrong scope or resource spends nothing.
    """
    presented = request.get("refresh_token")
    if presented is None:
        raise invalid_request("refresh_token is missing.")
    found = refresh.find(presented, client_id=client.client_id)
    if isinstance(found, refresh.Rejected):
        raise invalid_grant(REFUSED, reason=found.reason)
    grant = found.grant
    scope = scopes.narrowed(request.get("scope"), granted=grant.scope)
    if scope is None:
        raise OAuthRefusal("invalid_scope", "scope asks for more than was granted.")
    resources = checked_resources(request, grant.resource, client=client)
    successor = refresh.rotate(found)
    if isinstance(successor, refresh.Rejected):
        raise invalid_grant(REFUSED, reason=successor.reason)
    return issue.to_user_client(
        grant,
        client=client,
        scope=scope,
        resources=resources,
        refresh_token=successor,
        sender=request.sender,
        now=utcnow(),
    )
