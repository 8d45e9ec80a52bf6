"""What happened to an account, as its owner may know it (security.md §11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, tuple_

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.paging import Page, PageRequest, Position, page_of
from idp.core.paging.seeking import Order, moment_first, seek
from idp.security.client_network import network_name
from idp.security.events import told
from idp.security.models import AuditEvent
from idp.security.user_agent import Browser, browser_of

NEWEST = Order(
    (AuditEvent.occurred_at, AuditEvent.id), descending=True, values=moment_first
)
SHOWN_FOR = timedelta(days=90)
SIGN_INS = ("login.ok", "magic.used")


@dataclass(frozen=True)
class Activity:
    """One event: a stable name, its details, when and from where."""

    id: str
    event: str
    outcome: str
    detail: Mapping[str, Any]
    occurred_at: datetime
    browser: Browser
    network: str | None
    client_id: str | None


def list_activity(user_id: str, request: PageRequest) -> Page[Activity]:
    """Return one page of a user's last ninety days, the newest first."""
    of = f"activity:{user_id}"
    wanted = (
        select(AuditEvent)
        .where(AuditEvent.user_id == user_id)
        .where(AuditEvent.occurred_at > utcnow() - SHOWN_FOR)
        .where(tuple_(AuditEvent.event, AuditEvent.outcome).in_(told()))
    )
    rows = db.session.scalars(seek(wanted, NEWEST, request=request, of=of)).all()
    return page_of(list(map(_activity_of, rows)), request, of=of, position=_position)


def last_sign_ins(user_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when users signed in last, by id; without those who never did.

    It goes as far back as the audit log, and from the newest event of each.
    """
    newest = (
        select(AuditEvent.occurred_at)
        .where(AuditEvent.user_id == User.id, AuditEvent.event.in_(SIGN_INS))
        .order_by(AuditEvent.occurred_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: Select[str, datetime | None] = select(User.id, newest)
    rows = db.session.execute(found.where(User.id.in_(user_ids)))
    return {user_id: moment for user_id, moment in rows if moment is not None}


def _position(activity: Activity) -> Position:
    """Return what the list is sorted by, as text."""
    return activity.occurred_at.isoformat(), activity.id


def _activity_of(row: AuditEvent) -> Activity:
    """Return a row as its user may read it."""
    return Activity(
        id=row.id,
        event=row.event,
        outcome=row.outcome,
        detail=row.detail,
        occurred_at=row.occurred_at,
        browser=browser_of(row.user_agent),
        network=network_name(row.ip),
        client_id=row.client_id,
    )
