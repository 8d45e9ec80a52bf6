"""Grants: what a person has allowed a client, from the moment they said so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import new_id
from idp.oauth.models import Grant
from idp.oauth.scopes import OFFLINE_ACCESS
from idp.oauth.settings import OAuthSettings

ADD = Prepared(insert(table_of(Grant)))


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a person allows a client.

    ``claims`` is the ``claims`` parameter, ``resource`` the resource indicators. A
    grant without ``offline_access`` ends at the latest with ``session_expires_at``.
    """

    client_id: str
    user_id: str
    browser_session_id: str
    session_expires_at: datetime
    scope: str
    auth_time: datetime
    amr: list[str]
    acr: str | None = None
    claims: dict[str, Any] | None = None
    resource: list[str] | None = None


def store_grant(allowed: Allowance, *, now: datetime) -> str:
    """Store a grant and return its id."""
    grant_id = new_id()
    offline = OFFLINE_ACCESS in allowed.scope.split(" ")
    lifetime = timedelta(seconds=current(OAuthSettings).refresh_lifetime_seconds)
    expires_at = now + lifetime
    if not offline:
        expires_at = min(expires_at, allowed.session_expires_at)
    row = {
        "id": grant_id,
        "user_id": allowed.user_id,
        "client_id": allowed.client_id,
        "browser_session_id": allowed.browser_session_id,
        "scope": allowed.scope,
        "offline": offline,
        "auth_time": allowed.auth_time,
        "acr": allowed.acr,
        "amr": allowed.amr,
        "claims": allowed.claims,
        "resource": allowed.resource,
        "created_at": now,
        "expires_at": expires_at,
    }
    ADD.run(row)
    return grant_id
