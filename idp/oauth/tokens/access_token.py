"""Access tokens: signed JWTs, not stored (RFC 9068)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.core.clock import unix
from idp.core.context import current
from idp.core.randomness import new_jti
from idp.core.settings.server import ServerSettings
from idp.oauth.clients import audiences
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer
from idp.oauth.settings import OAuthSettings
from idp.oauth.tokens.grants import GrantSnapshot

TYP = "at+jwt"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token, how many seconds it lives, and the scope it says."""

    value: str
    expires_in: int
    scope: str


def for_user(
    grant: GrantSnapshot,
    *,
    client: ClientView,
    scope: str,
    resources: tuple[str, ...],
    about_user: Mapping[str, Any],
    sender: Mapping[str, str] | None,
    now: datetime,
) -> AccessToken:
    """Return a token about a user.

    It never outlives its grant, and says what of ``scope`` its audience knows.
    ``about_user`` are their groups and roles (RFC 9068 §2.2.3.1) and organizations.
    ``grant_id`` is ours: by it the token is revoked. ``sender`` binds it to a key (RFC
    7800 §3.1).
    """
    seconds = int((grant.expires_at - now).total_seconds())
    claims = _common_claims(
        client, scope=scope, resources=resources, now=now, at_most=max(seconds, 1)
    )
    claims["sub"] = grant.user_id
    claims["auth_time"] = unix(grant.auth_time)
    claims["grant_id"] = grant.grant_id
    claims |= about_user
    if grant.amr:
        claims["amr"] = grant.amr
    if grant.acr is not None:
        claims["acr"] = grant.acr
    if sender is not None:
        claims["cnf"] = sender
    return _signed(claims, client, resources=resources)


def for_client(
    client: ClientView,
    *,
    scope: str,
    resources: tuple[str, ...],
    sender: Mapping[str, str] | None,
    now: datetime,
) -> AccessToken:
    """Return a token about the client itself."""
    claims = _common_claims(client, scope=scope, resources=resources, now=now)
    if sender is not None:
        claims["cnf"] = sender
    return _signed(claims, client, resources=resources)


def _common_claims(
    client: ClientView,
    *,
    scope: str,
    resources: tuple[str, ...],
    now: datetime,
    at_most: int | None = None,
) -> dict[str, Any]:
    """Return the claims of RFC 9068 §2.2; the subject is the client.

    What of the scope means nothing at the audience is left out.
    """
    issuer = current(ServerSettings).issuer
    ceiling = current(OAuthSettings).access_token_seconds
    lifetime = audiences.lifetime(client, resources, ceiling=ceiling)
    said = audiences.scope_at(client, scope, audience=resources)
    issued_at = unix(now)
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": client.client_id,
        "aud": _audience_of(resources) if resources else issuer,
        "client_id": client.client_id,
        "iat": issued_at,
        "exp": issued_at + min(lifetime, at_most or lifetime),
        "jti": new_jti(),
    }
    if said:
        claims["scope"] = said
    return claims


def _audience_of(resources: tuple[str, ...]) -> str | list[str]:
    """Return ``aud``: one resource by itself, several as a list (RFC 7519 §4.1.3)."""
    return resources[0] if len(resources) == 1 else list(resources)


def _signed(
    claims: dict[str, Any], client: ClientView, *, resources: tuple[str, ...]
) -> AccessToken:
    """Return the signed token."""
    algorithm = audiences.signing_alg(client, resources)
    value = current(Signer).sign(claims, algorithm=algorithm, typ=TYP)
    seconds = claims["exp"] - claims["iat"]
    return AccessToken(value, seconds, claims.get("scope", ""))
