"""Grants: what a person has allowed a client, from the moment they said so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import BrowserSession, User
from idp.accounts.sessions.find import LiveSession
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import new_id
from idp.oauth.models import Grant
from idp.oauth.protocol.scopes import OFFLINE_ACCESS
from idp.oauth.settings import OAuthSettings
from idp.oauth.tokens.entitlements import ACTIVE

grants, users = table_of(Grant), table_of(User)
sessions = table_of(BrowserSession)

COLUMNS = (
    "id", "user_id", "client_id", "browser_session_id", "scope", "offline",
    "auth_time", "acr", "amr", "claims", "resource", "created_at", "expires_at",
)  # fmt: skip
# The session is looked at, and held, by the statement that adds the grant: what ends a
# session first changes its row and then ends its grants, so none is added beside it.
ADD = Prepared(
    insert(grants).from_select(
        COLUMNS,
        select(*(bindparam(name, type_=grants.c[name].type) for name in COLUMNS))
        .select_from(sessions.join(users))
        .where(
            sessions.c.id == bindparam("browser_session_id"),
            sessions.c.token_digest == bindparam("session_token_digest"),
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > bindparam("created_at"),
            users.c.status == ACTIVE,
        )
        .with_for_update(read=True),
        include_defaults=False,
    )
)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a person allows a client.

    ``session`` is the one in which they did; a grant without ``offline_access`` ends
    with it at the latest. ``claims`` is the ``claims`` parameter (OIDC Core §5.5),
    ``resource`` the resource indicators (RFC 8707 §2).
    """

    client_id: str
    session: LiveSession
    scope: str
    acr: str | None = None
    claims: dict[str, Any] | None = None
    resource: list[str] | None = None


def store_grant(allowed: Allowance, *, now: datetime) -> str:
    """Store a grant and return its id; NotSignedIn if the session is over by now."""
    grant_id, session = new_id(), allowed.session
    offline = OFFLINE_ACCESS in allowed.scope.split(" ")
    lifetime = timedelta(seconds=current(OAuthSettings).refresh_lifetime_seconds)
    expires_at = now + lifetime
    if not offline:
        expires_at = min(expires_at, session.expires_at)
    row = {
        "id": grant_id,
        "user_id": session.user_id,
        "client_id": allowed.client_id,
        "browser_session_id": session.id,
        "session_token_digest": session.token_digest,
        "scope": allowed.scope,
        "offline": offline,
        "auth_time": session.auth_time,
        "acr": allowed.acr,
        "amr": session.amr,
        "claims": allowed.claims,
        "resource": allowed.resource,
        "created_at": now,
        "expires_at": expires_at,
    }
    if not ADD.changes_one(row):
        raise NotSignedIn
    return grant_id
