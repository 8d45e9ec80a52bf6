"""grant_type=authorization_code (RFC 6749 §4.1.3)."""

from dataclasses import dataclass

from idp.core.clock import utcnow
from idp.oauth.clients.view import ClientView
from idp.oauth.grants.resources import checked_resources
from idp.oauth.protocol.pkce import verifier_problem
from idp.oauth.protocol.refusals import invalid_grant, invalid_request
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.tokens import codes, issue
from idp.oauth.tokens.grant_revocation import revoke_grant
from idp.oauth.tokens.grants import GrantSnapshot, find_grant
from idp.oauth.tokens.issue import TokenResponse
from idp.security import audit

REFUSED = (
    "The code is unknown, expired or used, or client_id, redirect_uri or code_verifier "
    "are not those it was issued for. Start a new authorization request."
)
ENDED = "The authorization has ended. Start a new one."
USED = (
    "The code was used before: each is good for one request. What it gave is revoked. "
    "Start a new authorization request."
)
VERIFIER_MISSING = (
    "code_verifier is missing: send the one whose S256 was the code_challenge of the "
    "authorization request."
)
EXPIRED = (
    "The code has expired: redeem each at once. Start a new authorization request."
)


@dataclass(frozen=True)
class GrantedByCode:
    """What a code was exchanged for: tokens of this grant, for these resources."""

    grant: GrantSnapshot
    resources: tuple[str, ...]
    nonce: str | None


def exchange(request: TokenRequest, client: ClientView) -> TokenResponse:
    """Spend the code, then issue: of parallel requests with one code, one passes.

    A wrong verifier, redirect URI, client or resource spends nothing.
    """
    granted = spend_code(request, client)
    return issue.first_to_user_client(
        granted.grant,
        client=client,
        resources=granted.resources,
        by="authorization_code",
        nonce=granted.nonce,
        sender=request.sender,
    )


def spend_code(request: TokenRequest, client: ClientView) -> GrantedByCode:
    """Return what a code is good for, which is spent by it; OAuthRefusal if it is not.

    A wrong verifier, redirect URI, client or resource spends nothing.
    """
    presented = _presented(request, client)
    if request.resources:
        found = codes.find(presented)
        if found:
            checked_resources(request, found.resource, client=client)
    spent = _redeem(presented)
    grant = find_grant(spent.grant_id)
    if grant is None or not grant.live(utcnow()):
        raise invalid_grant(ENDED)
    resources = checked_resources(request, grant.resource, client=client)
    return GrantedByCode(grant, resources, spent.nonce)


def _presented(request: TokenRequest, client: ClientView) -> codes.Presented:
    """Return the code and all that it has to be bound to."""
    code, redirect_uri = request.get("code"), request.get("redirect_uri")
    if code is None:
        raise invalid_request("code is missing.")
    verifier = request.get("code_verifier")
    if redirect_uri is None and not (verifier or len(client.redirect_uris) == 1):
        raise invalid_request(
            "redirect_uri is missing: send the one of the authorization request."
        )
    if verifier is None and (client.public or client.require_pkce):
        raise invalid_grant(VERIFIER_MISSING, reason="code_verifier_missing")
    problem = verifier_problem(verifier)
    if problem:
        raise invalid_grant(problem, reason="code_verifier")
    return codes.Presented(code, client.client_id, redirect_uri, verifier)


def _redeem(presented: codes.Presented) -> codes.Redeemed:
    """Return a live code, spent now; one that was spent before ends its grant."""
    outcome = codes.redeem(presented)
    if isinstance(outcome, codes.Redeemed):
        return outcome
    if isinstance(outcome, codes.Replayed):
        revoke_grant(outcome.grant_id)
        audit.record("code.replayed", outcome="refused", client_id=presented.client_id)
        raise invalid_grant(USED, reason="code_used")
    expired = outcome.reason == "code_expired"
    raise invalid_grant(EXPIRED if expired else REFUSED, reason=outcome.reason)
