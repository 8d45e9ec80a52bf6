"""grant_type=refresh_token (RFC 6749 §6) on Authlib: translation, no policy."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc6749 import grants as authlib_grants

from idp.core.clock import utcnow
from idp.oauth.clients.view import ClientView
from idp.oauth.grants.resources import checked_resources
from idp.oauth.protocol import scopes
from idp.oauth.tokens import issue, refresh
from idp.oauth.tokens.entitlements import Entitlement
from idp.security import audit

REFUSED = (
    "The refresh token is unknown, expired, used or revoked, or belongs to another "
    "client. Start a new authorization request."
)
EVENTS = {"reused": "refresh.reused", "wrong_client": "client.auth.fail"}


class RefreshCredential:
    """A refresh token that was judged, in the form that Authlib passes around."""

    def __init__(self, presented: str, *, client_id: str) -> None:
        self.presented = presented
        self.client_id = client_id
        self.found = _find(presented, client_id=client_id)
        self.successor: str | None = None

    @property
    def entitlement(self) -> Entitlement:
        """Return what the token stands for."""
        return self.found.entitlement

    def check_client(self, client: ClientView) -> bool:
        """Tell whether it is this client's, as ``find`` has judged."""
        return client.client_id == self.client_id

    def get_scope(self) -> str:
        """Return all that was granted."""
        return self.entitlement.scope

    def spend(self) -> str:
        """Rotate and return the successor.

        The loser of a race judges once more, and as a Replay answers the winner's
        successor without a write.
        """
        if isinstance(self.found, refresh.Spendable):
            made = refresh.rotate(self.found.family)
            if made is not None:
                return made
            self.found = _find(self.presented, client_id=self.client_id)
        if isinstance(self.found, refresh.Replay):
            return refresh.current_token(self.found.family)
        raise InvalidGrantError(REFUSED)


class RefreshTokenGrant(authlib_grants.RefreshTokenGrant):
    """Rotates the token where Authlib would only look at it."""

    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshCredential:
        """Judge the token; nothing is written yet, save the end of a stolen family."""
        client_id = self.request.client.client_id
        return RefreshCredential(refresh_token, client_id=client_id)

    def authenticate_user(self, refresh_token: RefreshCredential) -> Entitlement:
        """Return who allowed what; read with the token."""
        return refresh_token.entitlement

    def issue_token(
        self, user: Entitlement, refresh_token: RefreshCredential
    ) -> dict[str, Any]:
        """Spend before issuing: Authlib's own order would let two requests both win."""
        asked = self.request.payload.scope
        scope = scopes.narrowed(asked, granted=refresh_token.get_scope())
        if scope is None:
            raise InvalidScopeError("scope asks for more than was granted.")
        resources = checked_resources(self.request, user.resource)
        return issue.to_user_client(
            user,
            client=self.request.client,
            scope=scope,
            resources=resources,
            refresh_token=refresh_token.spend(),
            now=utcnow(),
        )

    def revoke_old_credential(self, refresh_token: RefreshCredential) -> None:
        """Nothing left to do: it was rotated before the tokens were made."""


def _find(presented: str, *, client_id: str) -> refresh.Spendable | refresh.Replay:
    """Return a token that is worth something; record and refuse the rest."""
    found = refresh.find(presented, client_id=client_id)
    if not isinstance(found, refresh.Rejected):
        return found
    event, user_id = EVENTS.get(found.reason), found.user_id
    if event:
        audit.record(
            event,
            outcome="refused",
            client_id=client_id,
            user_id=user_id,
            reason=found.reason,
        )
    raise InvalidGrantError(REFUSED)
