"""ID tokens (OIDC Core §2, §3.1.3.6, §12.2)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from idp.accounts.models import User
from idp.core.clock import unix
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import digest_bytes, wide_digest_bytes
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.access.claims import (
    named_claims,
    short_enough,
    that_fit,
)
from idp.oauth.clients.view import ClientView, IdTokenClaims
from idp.oauth.custom_scopes.vocabulary import claims_of, vocabulary
from idp.oauth.keys.signer import Signer
from idp.oauth.protocol import claims
from idp.oauth.settings import OAuthSettings
from idp.oauth.tokens.grants import GrantSnapshot

TYP = "JWT"

users = table_of(User)
FIND_USER = Prepared(
    select(*(users.c[name] for name in claims.COLUMNS)).where(
        users.c.id == bindparam("user_id")
    )
)


def id_token(
    grant: GrantSnapshot,
    *,
    client: ClientView,
    access_token: str,
    scope: str,
    about_user: Mapping[str, Any],
    nonce: str | None,
    now: datetime,
) -> str:
    """Return the ID token of a completed sign-in, or of a refresh.

    ``auth_time`` is the original one on refresh too, and only the first token has the
    nonce (§12.2). ``sid`` names the browser session. Claims by scope are left to the
    UserInfo endpoint (§5.4), save the groups and roles in ``about_user``, unless the
    client has them here; those that the ``claims`` parameter wants here are added.
    """
    issued_at = unix(now)
    ceiling = current(OAuthSettings).id_token_seconds
    algorithm = client.id_token_signed_response_alg
    content: dict[str, Any] = {
        "iss": current(ServerSettings).issuer,
        "sub": grant.user_id,
        "aud": client.client_id,
        "iat": issued_at,
        "exp": issued_at + min(ceiling, client.id_token_seconds or ceiling),
        "auth_time": unix(grant.auth_time),
        "amr": grant.amr,
        "acr": grant.acr,
        "nonce": nonce,
        "sid": grant.browser_session_id,
        "at_hash": _left_half(access_token, algorithm=algorithm),
    }
    content = {name: value for name, value in content.items() if value}
    content |= {**about_user, **_told_claims(grant, client, scope=scope)}
    return current(Signer).sign(content, algorithm=algorithm, typ=TYP)


def _left_half(token: str, *, algorithm: str) -> str:
    """Return the left half of a token's hash, base64url (§3.1.3.6).

    The hash is the signature's: SHA-256, and SHA-512 for Ed25519 (RFC 8032 §5.1).
    """
    hashed = wide_digest_bytes if algorithm == "EdDSA" else digest_bytes
    raw = hashed(token.encode())
    return urlsafe_b64encode(raw[: len(raw) // 2]).rstrip(b"=").decode()


def _told_claims(
    grant: GrantSnapshot, client: ClientView, *, scope: str
) -> dict[str, Any]:
    """Return what the ``claims`` parameter wants in the ID token (§5.5).

    For some clients it is also what the scope opens (§5.4).
    """
    known = vocabulary()
    names, by_scope = known.names_requested(grant.claims, "id_token"), []
    if client.id_token_claims is IdTokenClaims.SCOPE:
        by_scope = known.names_for_scope(scope)
    if not names and not by_scope:
        return {}
    user = FIND_USER.one_or_none({"user_id": grant.user_id})
    named = named_claims(client, grant.user_id, wanted=names)
    opened = short_enough(claims_of(user, by_scope))
    return opened | claims_of(user, names) | that_fit(named)
