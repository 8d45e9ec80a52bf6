"""Recurring work: rows that are no longer needed go, keys are followed by new ones."""

from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    bindparam,
    delete,
    or_,
    select,
    true,
)

from idp.accounts.models import BrowserSession
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.oauth.keys import rotation
from idp.oauth.keys.void_periods import forget_periods
from idp.oauth.models import (
    AuthorizationCode,
    ClientTrial,
    DeviceCode,
    Grant,
    Interaction,
    LogoutDelivery,
    PendingLogout,
    PersonalToken,
    RefreshFamily,
    RevokedToken,
    SpentAssertion,
)

BATCH = 1000
# Spent codes and ended families are kept a while: by them a replay is recognised.
REMEMBERED = timedelta(days=1)
# What strangers leave goes when it expires; a device may ask once more and be told.
LEFT_BY_STRANGERS = {
    Interaction: timedelta(),
    PendingLogout: timedelta(),
    DeviceCode: timedelta(hours=1),
}
EXPIRING = (
    AuthorizationCode,
    ClientTrial,
    DeviceCode,
    Interaction,
    LogoutDelivery,
    PendingLogout,
    PersonalToken,
    RefreshFamily,
    RevokedToken,
    SpentAssertion,
    Grant,
)
grants, sessions = table_of(Grant), table_of(BrowserSession)
# By its grants the apps of a session are known, which are told when it ends.
NEEDED_NO_MORE = {
    grants: or_(
        grants.c.browser_session_id.is_(None),
        grants.c.browser_session_id.not_in(
            select(sessions.c.id).where(sessions.c.ended_at.is_(None))
        ),
    )
}


def rotate_keys() -> int:
    """Make and retire signing keys as their time comes; return how many were made.

    What was void of tokens that retired keys signed is forgotten with them.
    """
    made = rotation.rotate_due()
    forget_periods()
    db.session.commit()
    return len(made)


def purge_expired() -> int:
    """Delete rows that expired a while ago; return how many of the fullest table.

    At most BATCH rows of a table go at a time, each batch in its own transaction, so
    that no request waits for long.
    """
    now = utcnow()
    return max(
        _purge(table_of(model), before=now - LEFT_BY_STRANGERS.get(model, REMEMBERED))
        for model in EXPIRING
    )


def _purge(table: Table, *, before: datetime) -> int:
    """Delete one batch of rows of a table that expired before a moment."""
    key: Column[str] = next(iter(table.primary_key))
    unneeded: ColumnElement[bool] = NEEDED_NO_MORE.get(table, true())
    over = table.c.expires_at < bindparam("before")
    chosen = select(key).where(over, unneeded).limit(BATCH)
    keys = db.session.scalars(chosen, {"before": before}).all()
    if keys:
        db.session.execute(delete(table).where(key.in_(keys)))
    db.session.commit()
    return len(keys)
