"""grant_type=client_credentials (RFC 6749 §4.4) on Authlib: translation, no policy."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError
from authlib.oauth2.rfc6749 import grants as authlib_grants

from idp.core.clock import utcnow
from idp.oauth.grants.resources import asked_resources
from idp.oauth.protocol import scopes
from idp.oauth.tokens import issue


class ClientCredentialsGrant(authlib_grants.ClientCredentialsGrant):
    """A token about the client itself; no refresh token (§4.4.3)."""

    def validate_requested_scope(self) -> None:
        """Decide the scope; a token without any was asked for by nobody."""
        allowed = self.request.client.scope
        scope = scopes.granted_to_client(self.request.payload.scope, allowed=allowed)
        if scope is None:
            raise InvalidScopeError("scope holds nothing that this client may have.")
        self.request.scope = scope
        self.resources = asked_resources(self.request)

    def generate_token(self, **_ignored: object) -> dict[str, Any]:
        """Return the token of the scope that was decided."""
        return issue.to_client(
            self.request.client,
            scope=self.request.scope,
            resources=self.resources,
            now=utcnow(),
        )
