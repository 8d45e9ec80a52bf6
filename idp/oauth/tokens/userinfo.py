"""What the UserInfo endpoint tells, by one SELECT (OIDC Core §5.3)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, exists, select

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.server_settings import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer
from idp.oauth.models import Grant, RevokedToken
from idp.oauth.protocol import claims
from idp.oauth.tokens.entitlements import ACTIVE

users, grants, revoked = table_of(User), table_of(Grant), table_of(RevokedToken)

FIND = Prepared(
    select(
        grants.c.claims.label("claims_parameter"),
        *(users.c[name] for name in claims.COLUMNS),
    )
    .join_from(grants, users, grants.c.user_id == users.c.id)
    .where(
        grants.c.id == bindparam("grant_id"),
        grants.c.user_id == bindparam("subject"),
        grants.c.revoked_at.is_(None),
        grants.c.expires_at > bindparam("now"),
        users.c.status == ACTIVE,
        ~exists().where(revoked.c.jti == bindparam("jti")),
    )
)


def find_userinfo(token: dict[str, Any]) -> dict[str, Any] | None:
    """Return the claims that an access token opens, None when it was revoked.

    ``token`` is its verified claims. Its own scope counts, which a refresh may have
    narrowed, and the ``claims`` parameter of its grant.
    """
    key = {
        "grant_id": token["grant_id"],
        "subject": token["sub"],
        "now": utcnow(),
        "jti": token["jti"],
    }
    user = FIND.read(key)
    if user is None:
        return None
    names = claims.names_for_scope(token["scope"])
    names += claims.names_requested(user.claims_parameter, "userinfo")
    return {"sub": token["sub"], **claims.values_of(user, dict.fromkeys(names))}


def signed_userinfo(
    found: Mapping[str, Any], *, client: ClientView, algorithm: str
) -> str:
    """Return the claims as a JWT for a client that registered an algorithm (§5.3.2).

    It has no ``exp``: it can pass neither for an ID Token nor for a hint.
    """
    issuer = current(ServerSettings).issuer
    content = {"iss": issuer, "aud": client.client_id, **found}
    return current(Signer).sign(content, algorithm=algorithm, typ="JWT")
