"""grant_type=authorization_code (RFC 6749 §4.1.3) on Authlib: translation only."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749 import grants as authlib_grants

from idp.core.clock import utcnow
from idp.oauth.clients.view import ClientView
from idp.oauth.grants.resources import checked_resources
from idp.oauth.protocol.pkce import verifier_problem
from idp.oauth.tokens import codes, entitlements, issue
from idp.oauth.tokens.entitlements import Entitlement
from idp.oauth.tokens.grant_revocation import revoke_grant
from idp.security import audit

REFUSED = (
    "The code is unknown, expired or used, or client_id, redirect_uri or code_verifier "
    "are not those it was issued for. Start a new authorization request."
)


@dataclass(frozen=True, slots=True)
class CodeCredential:
    """A spent code, in the form that Authlib passes around."""

    entitlement: Entitlement
    nonce: str | None
    redirect_uri: str

    def get_redirect_uri(self) -> str:
        """Return the URI that the spending statement has compared."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return what the user allowed."""
        return self.entitlement.scope


class AuthorizationCodeGrant(authlib_grants.AuthorizationCodeGrant):
    """Spends the code where Authlib would look it up: before anything is issued."""

    def query_authorization_code(self, code: str, client: ClientView) -> CodeCredential:
        """Spend the code; of parallel requests with one code, one passes here."""
        form = self.request.form
        redirect_uri, verifier = form.get("redirect_uri"), form.get("code_verifier")
        if redirect_uri is None:
            raise InvalidRequestError(
                "redirect_uri is missing: send the one of the authorization request."
            )
        problem = verifier_problem(verifier)
        if problem:
            raise InvalidGrantError(problem)
        presented = codes.Presented(code, client.client_id, redirect_uri, verifier)
        about = codes.look(presented) if self.request.resources else None
        if about:  # a wrong resource costs the client nothing but this try
            checked_resources(self.request, about.resource)
        outcome = codes.redeem(presented)
        if isinstance(outcome, codes.Redeemed):
            return _credential(outcome, redirect_uri=redirect_uri)
        if isinstance(outcome, codes.Replayed):
            revoke_grant(outcome.grant_id)
            audit.record("code.replayed", outcome="refused", client_id=client.client_id)
        raise InvalidGrantError(REFUSED)

    def authenticate_user(self, authorization_code: CodeCredential) -> Entitlement:
        """Return who allowed what; read with the code."""
        return authorization_code.entitlement

    def generate_token(
        self, *, user: Entitlement, scope: str, include_refresh_token: bool
    ) -> dict[str, Any]:
        """Return the tokens; a refresh token for clients that registered the grant."""
        return issue.first_to_user_client(
            user,
            client=self.request.client,
            scope=scope,
            resources=checked_resources(self.request, user.resource),
            refreshes=include_refresh_token,
            nonce=self.request.authorization_code.nonce,
        )

    def delete_authorization_code(self, authorization_code: CodeCredential) -> None:
        """Nothing left to do: the code was spent before the tokens were made."""


def _credential(spent: codes.Redeemed, *, redirect_uri: str) -> CodeCredential:
    """Return the credential of a spent code; refuse one whose grant has ended."""
    entitlement = entitlements.find(spent.grant_id)
    if entitlement is None or not entitlement.live(utcnow()):
        raise InvalidGrantError("The authorization has ended. Start a new one.")
    return CodeCredential(entitlement, spent.nonce, redirect_uri)
