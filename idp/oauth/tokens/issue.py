"""Token responses (RFC 6749 §5.1, OIDC Core §3.1.3.3)."""

from datetime import datetime
from typing import Any

from idp.core.clock import utcnow
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.scopes import OPENID
from idp.oauth.tokens import access_token, refresh
from idp.oauth.tokens.entitlements import Entitlement
from idp.oauth.tokens.id_token import id_token
from idp.security import audit


def to_user_client(
    entitlement: Entitlement,
    *,
    client: ClientView,
    scope: str,
    refresh_token: str | None,
    now: datetime,
    nonce: str | None = None,
    resources: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the response to a client that acts for a user."""
    token, lifetime = access_token.for_user(
        entitlement, client=client, scope=scope, resources=resources, now=now
    )
    response = _bearer(token, lifetime=lifetime, scope=scope)
    if refresh_token is not None:
        response["refresh_token"] = refresh_token
    if OPENID in scope.split(" "):
        response["id_token"] = id_token(
            entitlement, client=client, access_token=token, nonce=nonce, now=now
        )
    audit.note("token.issued", user_id=entitlement.user_id, client_id=client.client_id)
    return response


def first_to_user_client(
    entitlement: Entitlement,
    *,
    client: ClientView,
    scope: str,
    resources: tuple[str, ...],
    refreshes: bool,
    nonce: str | None = None,
) -> dict[str, Any]:
    """Return the response to a code that was just spent, of either kind.

    ``refreshes`` starts a family of refresh tokens (RFC 6749 §4.1.4, RFC 8628 §3.5).
    """
    now, started = utcnow(), None
    if refreshes:
        started = refresh.start_family(entitlement, client_id=client.client_id, now=now)
    return to_user_client(
        entitlement,
        client=client,
        scope=scope,
        resources=resources,
        refresh_token=started,
        nonce=nonce,
        now=now,
    )


def to_client(
    client: ClientView, *, scope: str, resources: tuple[str, ...], now: datetime
) -> dict[str, Any]:
    """Return the response to a client that acts for itself."""
    token, lifetime = access_token.for_client(
        client, scope=scope, resources=resources, now=now
    )
    audit.note("token.issued", client_id=client.client_id)
    return _bearer(token, lifetime=lifetime, scope=scope)


def _bearer(token: str, *, lifetime: int, scope: str) -> dict[str, Any]:
    """Return the members that every response has; ``scope`` is what was granted."""
    response: dict[str, Any] = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime,
    }
    if scope:
        response["scope"] = scope
    return response
