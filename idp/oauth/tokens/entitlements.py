"""What a grant entitles its client to, as tokens need it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from idp.accounts.models import User
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.oauth.models import Grant

grants, users = table_of(Grant), table_of(User)
ACTIVE = "active"

GRANT_COLUMNS = (
    grants.c.id.label("grant_id"),
    grants.c.user_id,
    grants.c.browser_session_id,
    grants.c.scope,
    grants.c.auth_time,
    grants.c.acr,
    grants.c.amr,
    grants.c.claims,
    grants.c.resource,
    grants.c.expires_at.label("grant_expires_at"),
    grants.c.revoked_at.label("grant_revoked_at"),
    users.c.status,
)
FIND = Prepared(
    select(*GRANT_COLUMNS)
    .join_from(grants, users, grants.c.user_id == users.c.id)
    .where(grants.c.id == bindparam("grant_id"))
)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One grant and the standing of its user, read by one SELECT."""

    grant_id: str
    user_id: str
    browser_session_id: str | None
    scope: str
    auth_time: datetime
    acr: str | None
    amr: list[str]
    claims: dict[str, Any] | None
    resource: list[str] | None
    expires_at: datetime
    revoked_at: datetime | None
    user_status: str

    def live(self, now: datetime) -> bool:
        """Tell whether tokens may still come from it."""
        ended = self.revoked_at is not None or self.expires_at <= now
        return not ended and self.user_status == ACTIVE


def find(grant_id: str) -> Entitlement | None:
    """Return the entitlement of a grant."""
    row = FIND.one_or_none({"grant_id": grant_id})
    return Entitlement(*tuple(row)) if row else None
