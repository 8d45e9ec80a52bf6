"""Tokens that their client ends (RFC 7009 §2.1; security.md §2)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, table_of
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer, UntrustedToken
from idp.oauth.models import RevokedToken
from idp.oauth.tokens import id_token, refresh
from idp.oauth.tokens.grant_revocation import revoke_grant
from idp.oauth.tokens.verify import InvalidAccessToken, read_access_token
from idp.security import audit

revoked = table_of(RevokedToken)


def revoke_token(token: str, client: ClientView) -> bool:
    """End a token of a client; anything else that is presented stays as it is.

    A refresh token takes its family and grant with it, so every access token too. False
    for an ID token of the client, a kind that cannot be revoked (§2.2.1).
    """
    if refresh.TOKEN.fullmatch(token):
        _revoke_refresh_token(token, client)
        return True
    try:
        claims = read_access_token(token)
    except InvalidAccessToken:
        return not _is_id_token_of(client, token)
    if claims["client_id"] == client.client_id and claims["exp"] > unix(utcnow()):
        _revoke_access_token(claims)
    return True


def _is_id_token_of(client: ClientView, token: str) -> bool:
    """Tell whether a token is an ID Token that this client was given."""
    try:
        claims = current(Signer).read(token, typ=id_token.TYP.lower())
    except UntrustedToken:
        return False
    ours = claims["iss"] == current(ServerSettings).issuer
    return ours and bool(claims["aud"] == client.client_id)


def _revoke_refresh_token(token: str, client: ClientView) -> None:
    """End the grant of a genuine refresh token, newest or not, of this client."""
    found = refresh.judge(token, client_id=client.client_id)
    if isinstance(found, refresh.Rejected) and found.reason != refresh.REUSED:
        return
    if found.grant is None:
        return
    revoke_grant(found.grant.grant_id)
    audit.record(
        "token.revoked",
        user_id=found.grant.user_id,
        client_id=client.client_id,
        kind="refresh_token",
    )


def _revoke_access_token(claims: Mapping[str, Any]) -> None:
    """Remember the ``jti`` until the token ends by itself; twice is no harm."""
    row = {
        "jti": claims["jti"],
        "expires_at": datetime.fromtimestamp(claims["exp"], UTC),
    }
    if not add_if_absent(revoked, row):
        return
    audit.record(
        "token.revoked",
        user_id=claims["sub"] if "grant_id" in claims else None,
        client_id=claims["client_id"],
        kind="access_token",
    )
