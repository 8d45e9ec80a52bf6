"""Access tokens: signed JWTs, not stored (RFC 9068)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idp.core.clock import unix
from idp.core.context import current
from idp.core.randomness import new_jti
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer
from idp.oauth.settings import OAuthSettings
from idp.oauth.tokens.grants import GrantSnapshot

TYP = "at+jwt"


def for_user(
    grant: GrantSnapshot,
    *,
    client: ClientView,
    scope: str,
    resources: tuple[str, ...],
    sender: Mapping[str, str] | None,
    now: datetime,
) -> tuple[str, int]:
    """Return a token about a user and its lifetime in seconds.

    It never outlives its grant. ``grant_id`` is ours: by it the token is revoked.
    ``sender`` binds it to a key (RFC 7800 §3.1).
    """
    seconds = int((grant.expires_at - now).total_seconds())
    lifetime = min(current(OAuthSettings).access_token_seconds, max(seconds, 1))
    claims = _common_claims(client, scope=scope, now=now, lifetime=lifetime)
    claims["sub"] = grant.user_id
    claims["auth_time"] = unix(grant.auth_time)
    claims["grant_id"] = grant.grant_id
    if resources:
        claims["aud"] = _audience_of(resources)
    if grant.amr:
        claims["amr"] = grant.amr
    if grant.acr is not None:
        claims["acr"] = grant.acr
    if sender is not None:
        claims["cnf"] = sender
    return _signed(claims, client), lifetime


def for_client(
    client: ClientView,
    *,
    scope: str,
    resources: tuple[str, ...],
    sender: Mapping[str, str] | None,
    now: datetime,
) -> tuple[str, int]:
    """Return a token about the client itself and its lifetime in seconds."""
    lifetime = current(OAuthSettings).access_token_seconds
    claims = _common_claims(client, scope=scope, now=now, lifetime=lifetime)
    if resources:
        claims["aud"] = _audience_of(resources)
    if sender is not None:
        claims["cnf"] = sender
    return _signed(claims, client), lifetime


def _common_claims(
    client: ClientView, *, scope: str, now: datetime, lifetime: int
) -> dict[str, Any]:
    """Return the claims of RFC 9068 §2.2; subject and audience are the defaults."""
    issuer = current(ServerSettings).issuer
    issued_at = unix(now)
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": client.client_id,
        "aud": issuer,
        "client_id": client.client_id,
        "iat": issued_at,
        "exp": issued_at + lifetime,
        "jti": new_jti(),
    }
    if scope:
        claims["scope"] = scope
    return claims


def _audience_of(resources: tuple[str, ...]) -> str | list[str]:
    """Return ``aud``: one resource by itself, several as a list (RFC 7519 §4.1.3)."""
    return resources[0] if len(resources) == 1 else list(resources)


def _signed(claims: dict[str, Any], client: ClientView) -> str:
    """Return the signed token."""
    algorithm = client.access_token_signed_response_alg
    return current(Signer).sign(claims, algorithm=algorithm, typ=TYP)
