"""Ending all that was issued since a moment, after a database was restored.

What was revoked, spent or changed after the backup is not known any more: what was
issued then counts no more, and its users sign in again.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Table, delete, or_, select, update

from idp.accounts.models import (
    BrowserSession,
    MailRequest,
    OneTimeToken,
    PendingRegistration,
    TrustedBrowser,
)
from idp.accounts.sessions.end import end_session
from idp.administration.models import ApiKey
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import db, table_of
from idp.federation.models import UpstreamRequest, WaitingIdentity
from idp.oauth.keys.void_periods import add_period
from idp.oauth.models import (
    DeviceCode,
    Grant,
    Interaction,
    PersonalToken,
    RefreshFamily,
)
from idp.oauth.tokens.grant_revocation import revoke_where
from idp.ops.refusals import Refusal
from idp.organizations.models import Invite
from idp.security import audit

BATCH = 200
FUTURE = "This moment has not come yet: give the time of the backup."

# Codes and links that nobody is asked about once they are gone.
DELETED: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "codes of devices": (DeviceCode,),
        "links and codes in mails": (OneTimeToken, MailRequest, PendingRegistration),
        "sign-ins under way": (Interaction, UpstreamRequest),
        "trusted browsers": (TrustedBrowser,),
        "personal tokens": (PersonalToken,),
    }
)
grants, families = table_of(Grant), table_of(RefreshFamily)
sessions = table_of(BrowserSession)
api_keys, invites = table_of(ApiKey), table_of(Invite)


def revoke_since(moment: datetime) -> dict[str, int]:
    """End what was issued since a moment, until now; return how much of what.

    Commits in batches: apps are told of sessions that end. Raises Refusal for a moment
    to come.
    """
    now = utcnow()
    if moment > now:
        raise Refusal(FUTURE)
    add_period(moment, now)
    db.session.commit()
    counts = {"sessions": _end_sessions(moment), "grants": _end_grants(moment)}
    counts |= {
        name: sum(_delete(table_of(model), since=moment) for model in models)
        for name, models in DELETED.items()
    }
    counts["API keys"] = _mark(api_keys, "revoked_at", since=moment)
    counts["invites"] = _mark(invites, "withdrawn_at", since=moment)
    connection().execute(delete(table_of(WaitingIdentity)))  # of the last half hour
    audit.record("restore.revoked", after={"since": moment.isoformat(), **counts})
    db.session.commit()
    return counts


def _end_sessions(since: datetime) -> int:
    """End the sessions that began since; their apps are told."""
    begun = select(sessions.c.id).where(
        sessions.c.created_at >= since, sessions.c.ended_at.is_(None)
    )
    ended = 0
    while found := connection().scalars(begun.limit(BATCH)).all():
        ended += sum(map(end_session, found))
        db.session.commit()
    return ended


def _end_grants(since: datetime) -> int:
    """End the grants that began since, and those whose refresh token is of since."""
    moved = select(families.c.grant_id).where(families.c.rotated_at >= since)
    issued = or_(grants.c.created_at >= since, grants.c.id.in_(moved))
    live = select(grants.c.id).where(issued, grants.c.revoked_at.is_(None))
    ended = 0
    while found := connection().scalars(live.limit(BATCH)).all():
        revoke_where(grants.c.id.in_(found))
        db.session.commit()
        ended += len(found)
    return ended


def _delete(table: Table, *, since: datetime) -> int:
    """Delete what was made since."""
    gone = connection().execute(delete(table).where(table.c.created_at >= since))
    return gone.rowcount


def _mark(table: Table, ended: str, *, since: datetime) -> int:
    """Mark what was made since as ended."""
    live = (table.c.created_at >= since) & table.c[ended].is_(None)
    marked = update(table).where(live).values({ended: utcnow()})
    return connection().execute(marked).rowcount
