"""Access tokens at the account API: who a bearer is, and from where it may call."""

from typing import Any

from sqlalchemy import bindparam, exists, select

from idp.accounts.models import User
from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.server_settings import ServerSettings
from idp.oauth.clients.account_client import audience
from idp.oauth.clients.cache import find_client
from idp.oauth.keys.signer import Signer, UntrustedToken
from idp.oauth.models import Grant, RevokedToken
from idp.oauth.tokens.access_token import TYP
from idp.oauth.tokens.entitlements import ACTIVE
from idp.web import oauth_cors as cors
from idp.web.bearer import Principal

grants, users, revoked = table_of(Grant), table_of(User), table_of(RevokedToken)

OF_TOKEN = (
    select(
        grants.c.id.label("grant_id"),
        grants.c.user_id,
        grants.c.client_id,
        grants.c.browser_session_id,
        grants.c.auth_time,
        users.c.must_change_password,
    )
    .join_from(grants, users, grants.c.user_id == users.c.id)
    .where(
        grants.c.id == bindparam("of_grant"),
        grants.c.user_id == bindparam("subject"),
        grants.c.client_id == bindparam("of_client"),
    )
)
LIVE = Prepared(
    OF_TOKEN.where(
        grants.c.revoked_at.is_(None),
        grants.c.expires_at > bindparam("now"),
        users.c.status == ACTIVE,
        ~exists().where(revoked.c.jti == bindparam("jti")),
    )
)
UNREVOKED = Prepared(OF_TOKEN.where(grants.c.revoked_at.is_(None)))


class AccountBearers:
    """The judge of account tokens (web.bearer.BearerVerifier)."""

    def verify(self, token: str) -> Principal | None:
        """Return whom a live token speaks for; its grant is asked in the database."""
        claims = _read(token)
        if claims is None or claims["exp"] <= unix(utcnow()):
            return None
        values = {"now": utcnow(), "jti": claims["jti"]}
        row = LIVE.one_or_none(_key(claims) | values)
        return _principal(claims, row) if row else None

    def recognise(self, token: str) -> Principal | None:
        """Return whom a token spoke for, once; what is over opens no session."""
        claims = _read(token, retired=True)
        if claims is None:
            return None
        row = UNREVOKED.one_or_none(_key(claims))
        if row:
            return _principal(claims, row)
        return Principal(claims["sub"], None, None, claims["client_id"])


class ClientOrigins:
    """From where pages may call the account API (web.cors.AllowedOrigins)."""

    def any_client(self, origin: str) -> bool:
        """Tell whether some registered client lives at ``origin``."""
        return cors.is_registered(origin)

    def of_client(self, client_id: str, origin: str) -> bool:
        """Tell whether this client lives at ``origin``."""
        client = find_client(client_id)
        return client is not None and origin in client.origins


def _read(token: str, *, retired: bool = False) -> dict[str, Any] | None:
    """Return the claims of a token that we signed for the account API."""
    try:
        claims = current(Signer).read(token, typ=TYP, retired=retired)
    except UntrustedToken:
        return None
    meant_for = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    ours = claims["iss"] == current(ServerSettings).issuer
    about_user = "grant_id" in claims
    return claims if ours and about_user and audience() in meant_for else None


def _key(claims: dict[str, Any]) -> dict[str, str]:
    """Return what finds the grant of a token."""
    return {
        "of_grant": claims["grant_id"],
        "subject": claims["sub"],
        "of_client": claims["client_id"],
    }


def _principal(claims: dict[str, Any], row: Any) -> Principal:
    """Return the caller; the token's own scope counts, which may be narrowed."""
    return Principal(
        user_id=row.user_id,
        session_id=row.browser_session_id,
        auth_time=row.auth_time,
        client_id=row.client_id,
        grant_id=row.grant_id,
        scope=frozenset(claims.get("scope", "").split()),
        must_change_password=row.must_change_password,
    )
