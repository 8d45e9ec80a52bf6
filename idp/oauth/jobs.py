"""Recurring work: rows that are no longer needed go, keys are followed by new ones."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, bindparam, delete, select

from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.oauth.keys import rotation
from idp.oauth.models import (
    AuthorizationCode,
    DeviceCode,
    Grant,
    Interaction,
    LogoutDelivery,
    PendingLogout,
    RefreshFamily,
    RevokedToken,
    SpentAssertion,
)

BATCH = 1000
# Spent codes and ended families are kept a while: by them a replay is recognised.
REMEMBERED = timedelta(days=1)
EXPIRING = (
    AuthorizationCode,
    DeviceCode,
    Interaction,
    LogoutDelivery,
    PendingLogout,
    RefreshFamily,
    RevokedToken,
    SpentAssertion,
    Grant,
)


def rotate_keys() -> int:
    """Make and retire signing keys as their time comes; return how many were made."""
    made = rotation.rotate_due()
    db.session.commit()
    return len(made)


def purge_expired() -> int:
    """Delete rows that expired a while ago; return how many of the fullest table.

    At most BATCH rows of a table go at a time, each batch in its own transaction, so
    that no request waits for long.
    """
    moment = utcnow() - REMEMBERED
    return max(_purge(table_of(model), before=moment) for model in EXPIRING)


def _purge(table: Table, *, before: datetime) -> int:
    """Delete one batch of rows of a table that expired before a moment."""
    key: Column[str] = next(iter(table.primary_key))
    chosen = select(key).where(table.c.expires_at < bindparam("before")).limit(BATCH)
    keys = db.session.scalars(chosen, {"before": before}).all()
    if keys:
        db.session.execute(delete(table).where(key.in_(keys)))
    db.session.commit()
    return len(keys)
