"""The grants of one user, as administrators see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.models import Client, Grant
from idp.oauth.tokens.grant_revocation import revoke_where
from idp.oauth.tokens.grants import UNENDED
from idp.security import audit

grants, clients = table_of(Grant), table_of(Client)

FIND = (
    select(
        grants.c.id,
        grants.c.client_id,
        clients.c.client_name,
        grants.c.scope,
        grants.c.offline,
        grants.c.created_at,
        grants.c.expires_at,
    )
    .join_from(grants, clients)
    .where(grants.c.user_id == bindparam("user_id"))
    .where(grants.c.client_id != ACCOUNT_CLIENT)
    .where(*UNENDED, clients.c.deleted_at.is_(None))
    .order_by(grants.c.created_at.desc(), grants.c.id.desc())
)


@dataclass(frozen=True)
class HeldGrant:
    """A completed authorization that holds now; an offline one outlives sign-out."""

    id: str
    client_id: str
    client_name: str
    scope: str
    offline: bool
    created_at: datetime
    expires_at: datetime


def list_grants(user_id: str) -> list[HeldGrant]:
    """Return what clients hold of a user, the newest first."""
    rows = db.session.execute(FIND, {"user_id": user_id, "now": utcnow()}).all()
    return [HeldGrant(*row) for row in rows]


def end_grants(user_id: str, *, by: str) -> None:
    """End what clients hold of a user; what was allowed stays remembered.

    The tokens of the account API are no app's: they end with their sessions.
    """
    of_user = grants.c.user_id == user_id
    revoke_where(of_user & (grants.c.client_id != ACCOUNT_CLIENT))
    audit.record("token.revoked", user_id=user_id, by=by, all=True)
