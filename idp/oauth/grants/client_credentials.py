"""grant_type=client_credentials (RFC 6749 §4.4)."""

from idp.core.clock import utcnow
from idp.oauth.clients import audiences
from idp.oauth.clients.view import ClientView
from idp.oauth.custom_scopes.vocabulary import custom_names
from idp.oauth.protocol import scopes
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.tokens import issue
from idp.oauth.tokens.issue import TokenResponse


def exchange(request: TokenRequest, client: ClientView) -> TokenResponse:
    """Return a token about the client itself; no refresh token (§4.4.3)."""
    wanted = request.get("scope")
    audience = audiences.choose(client, request.resources, scope=wanted)
    known = audiences.scopes_for(client, audience) - custom_names()
    scope = scopes.granted_to_client(wanted, allowed=known)
    if scope is None:
        raise OAuthRefusal(
            "invalid_scope", "scope holds nothing that this client may have."
        )
    return issue.to_client(
        client,
        scope=scope,
        resources=audience,
        sender=request.sender,
        now=utcnow(),
    )
