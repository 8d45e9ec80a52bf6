"""grant_type=refresh_token (RFC 6749 §6)."""

from idp.core.clock import utcnow
from idp.oauth.clients import audiences
from idp.oauth.clients.access.allowed import may_use
from idp.oauth.clients.view import ClientView
from idp.oauth.grants.resources import checked_resources
from idp.oauth.protocol import scopes
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_grant, invalid_request
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.tokens import issue, refresh
from idp.oauth.tokens.issue import TokenResponse
from idp.organizations.contexts.policies import client_allowed

REFUSED = (
    "The refresh token is unknown, expired, used or revoked, or belongs to another "
    "client. Start a new authorization request."
)

NO_ACCESS = "The user may not use this client any more."
NOT_THERE = "The user's organization does not allow this client any more."
NOTHING_LEFT = (
    "The client may ask for nothing any more of what was granted. Start a new "
    "authorization request."
)


def exchange(request: TokenRequest, client: ClientView) -> TokenResponse:
    """Rotate, then issue: of parallel requests with one token both get one successor.

    What the client may ask for no more is left out. A wrong scope or resource spends
    nothing, and so does a user who may not use the client by now.
    """
    presented = request.get("refresh_token")
    if presented is None:
        raise invalid_request("refresh_token is missing.")
    found = refresh.find(presented, client_id=client.client_id)
    if isinstance(found, refresh.Rejected):
        raise invalid_grant(REFUSED, reason=found.reason)
    grant = found.grant
    if not may_use(client, grant.user_id):
        raise invalid_grant(NO_ACCESS, reason="no_access")
    if not client_allowed(client.client_id, organization_id=grant.organization_id):
        raise invalid_grant(NOT_THERE, reason="app_not_allowed")
    scope = _scope(request, client, granted=grant.scope)
    resources = checked_resources(request, grant.resource, client=client)
    successor = refresh.rotate(found, client=client)
    if isinstance(successor, refresh.Rejected):
        raise invalid_grant(REFUSED, reason=successor.reason)
    return issue.to_user_client(
        grant,
        client=client,
        scope=scope,
        resources=resources,
        refresh_token=successor,
        by="refresh_token",
        sender=request.sender,
        now=utcnow(),
    )


def _scope(request: TokenRequest, client: ClientView, *, granted: str) -> str:
    """Return what is asked for of a granted scope, less what the client lost since."""
    wanted = scopes.narrowed(request.get("scope"), granted=granted)
    if wanted is None:
        raise OAuthRefusal(
            "invalid_scope", "scope asks for nothing of what was granted."
        )
    left = audiences.still_askable(client, wanted)
    if wanted and not left:
        raise invalid_grant(NOTHING_LEFT)
    return left
