"""What a token is worth now, for those it concerns (RFC 7662; security.md §4)."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, exists, func, literal, select

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.sealing import Keyring
from idp.core.server_settings import ServerSettings
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer, UntrustedToken
from idp.oauth.models import RevokedToken
from idp.oauth.tokens import access_token, refresh
from idp.oauth.tokens.entitlements import ACTIVE, grants, users
from idp.oauth.tokens.refresh import families

revoked = table_of(RevokedToken)

STANDARD = ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti")
SHOWN = (*STANDARD, "auth_time", "acr")  # RFC 9470 §6.2 adds the last two
BEARER = {"token_type": "Bearer"}
UNREVOKED = ~exists().where(revoked.c.jti == bindparam("jti"))
LIVE_GRANT = (
    grants.c.revoked_at.is_(None),
    grants.c.expires_at > bindparam("now"),
    users.c.status == ACTIVE,
)
NAMES = (users.c.username, users.c.email)

FIND_ACCESS = Prepared(
    select(*NAMES)
    .join_from(grants, users, grants.c.user_id == users.c.id)
    .where(grants.c.id == bindparam("grant_id"), *LIVE_GRANT, UNREVOKED)
)
FIND_OWN = Prepared(select(literal(1)).where(UNREVOKED))
FIND_REFRESH = Prepared(
    select(
        families.c.salt,
        families.c.generation,
        func.coalesce(families.c.rotated_at, grants.c.created_at).label("issued_at"),
        families.c.idle_expires_at,
        families.c.expires_at,
        grants.c.user_id,
        grants.c.scope,
        grants.c.auth_time,
        grants.c.acr,
        *NAMES,
    )
    .join_from(families, grants, families.c.grant_id == grants.c.id)
    .join(users, grants.c.user_id == users.c.id)
    .where(
        families.c.id == bindparam("family_id"),
        families.c.client_id == bindparam("by_client"),
        families.c.revoked_at.is_(None),
        families.c.idle_expires_at > bindparam("now"),
        families.c.expires_at > bindparam("now"),
        *LIVE_GRANT,
    )
)


def introspect(token: str, client: ClientView) -> dict[str, Any] | None:
    """Return what ``client`` may know of a token, None when it is worth nothing.

    The two kinds of token look different, so no hint is needed. A token that is none
    of the client's business is answered like one that does not exist (§2.2).
    """
    parts = refresh.TOKEN.fullmatch(token)
    if parts:
        return _describe_refresh_token(parts, client)
    try:
        claims = current(Signer).read(token, typ=access_token.TYP)
    except UntrustedToken:
        return None
    if claims["exp"] <= unix(utcnow()) or not _concerns(claims, client):
        return None
    return _describe_access_token(claims)


def _concerns(claims: Mapping[str, Any], client: ClientView) -> bool:
    """Tell whether a token was issued to a client, or is for a resource it owns."""
    if claims["iss"] != current(ServerSettings).issuer:
        return False
    if claims["client_id"] == client.client_id:
        return True
    audience = claims["aud"]
    resources = {audience} if isinstance(audience, str) else set(audience)
    holder = find_client(claims["client_id"])
    return bool(resources & client.owned_resources and holder and not holder.disabled)


def _describe_access_token(claims: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the members of an access token if it was not revoked, nor its grant."""
    key = {"jti": claims["jti"]}
    statement = FIND_OWN
    if "grant_id" in claims:
        statement = FIND_ACCESS
        key |= {"grant_id": claims["grant_id"], "now": utcnow()}
    found = statement.read(key)
    if found is None:
        return None
    shown = {name: claims[name] for name in SHOWN if name in claims}
    shown |= BEARER
    if statement is FIND_ACCESS:
        shown |= _username_of(found, claims.get("scope", ""))
    return shown


def _describe_refresh_token(
    presented: re.Match[str], client: ClientView
) -> dict[str, Any] | None:
    """Return the members of the newest token of a client's live family.

    Looking is harmless: an old token is worth nothing here, but revokes nothing.
    """
    family_id, generation = presented[1], int(presented[2])
    key = {"family_id": family_id, "by_client": client.client_id, "now": utcnow()}
    found = FIND_REFRESH.read(key)
    if found is None or generation != found.generation:
        return None
    message = refresh.signed_part(family_id, generation, salt=found.salt)
    if not current(Keyring).genuine(refresh.PURPOSE, message, presented=presented[3]):
        return None
    shown = {
        "scope": found.scope,
        "client_id": client.client_id,
        "exp": unix(min(found.idle_expires_at, found.expires_at)),
        "iat": unix(found.issued_at),
        "sub": found.user_id,
        "iss": current(ServerSettings).issuer,
        "auth_time": unix(found.auth_time),
    }
    if found.acr is not None:
        shown["acr"] = found.acr
    return shown | _username_of(found, found.scope)


def _username_of(user: Any, scope: str) -> dict[str, str]:
    """Return the name of a token's user that its scope opens, if any does."""
    opened = scope.split(" ")
    if "profile" in opened and user.username:
        return {"username": user.username}
    return {"username": user.email} if "email" in opened else {}
