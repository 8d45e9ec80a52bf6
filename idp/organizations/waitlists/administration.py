"""Waitlists as operators see them: which there are, who is on one, and removal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select

from idp.accounts.models import User
from idp.core.db import db, table_of
from idp.core.paging import Page, PageRequest, Position, page_of
from idp.core.paging.seeking import Order, seek
from idp.organizations.models import Organization, WaitlistEntry
from idp.security import audit

entries, users = table_of(WaitlistEntry), table_of(User)
organizations = table_of(Organization)

FEATURES = select(
    entries.c.feature,
    func.count().label("waiting"),
    func.min(entries.c.created_at).label("first_at"),
    func.max(entries.c.created_at).label("newest_at"),
).group_by(entries.c.feature)
LINE = (
    select(
        entries.c.feature,
        entries.c.user_id,
        entries.c.organization_id,
        entries.c.created_at,
        users.c.email,
        users.c.name,
        organizations.c.name.label("organization_name"),
        organizations.c.personal_to.is_not(None).label("personal"),
    )
    .join_from(entries, users, users.c.id == entries.c.user_id)
    .join(organizations, organizations.c.id == entries.c.organization_id)
)
BY_FEATURE = Order((entries.c.feature,))


def _read(position: Position) -> Sequence[Any]:
    """Return the values of a position in a line."""
    moment, organization_id, user_id = position
    return datetime.fromisoformat(moment), organization_id, user_id


OLDEST_FIRST = Order(
    (entries.c.created_at, entries.c.organization_id, entries.c.user_id), values=_read
)


@dataclass(frozen=True)
class Waitlist:
    """A feature that somebody waits for: how many, since when, and the newest."""

    feature: str
    waiting: int
    first_at: datetime
    newest_at: datetime


@dataclass(frozen=True)
class WaitingUser:
    """A user who waits for a feature, in an organization, which may be their own."""

    feature: str
    user_id: str
    organization_id: str
    created_at: datetime
    email: str
    name: str | None
    organization_name: str
    personal: bool


def list_waitlists(request: PageRequest) -> Page[Waitlist]:
    """Return one page of the features that somebody waits for, by name."""
    of = "waitlists"
    rows = db.session.execute(seek(FEATURES, BY_FEATURE, request=request, of=of)).all()
    found = [Waitlist(*row) for row in rows]
    return page_of(found, request, of=of, position=lambda each: (each.feature,))


def list_waiting(feature: str, request: PageRequest) -> Page[WaitingUser]:
    """Return one page of who waits for a feature, the longest first."""
    of = f"waitlist:{feature}"
    line = LINE.where(entries.c.feature == feature)
    rows = db.session.execute(seek(line, OLDEST_FIRST, request=request, of=of)).all()
    return page_of([_waiting(row) for row in rows], request, of=of, position=_position)


def remove_waiting(
    feature: str,
    *,
    user_id: str,
    organization_id: str | None = None,
    by: str | None = None,
) -> int:
    """Take a user off the waitlist of a feature, in one organization or in all.

    Return how many places that were.
    """
    which = (entries.c.feature == feature) & (entries.c.user_id == user_id)
    if organization_id is not None:
        which &= entries.c.organization_id == organization_id
    removing = delete(entries).where(which)
    told = removing.returning(entries.c.organization_id, entries.c.created_at)
    gone = db.session.execute(told).all()
    for place in gone:
        since = place.created_at.isoformat()
        audit.record(
            "waitlist.removed",
            user_id=by,
            member=user_id,
            organization=place.organization_id,
            before={"feature": feature, "created_at": since},
        )
    return len(gone)


def _waiting(row: Row[Any]) -> WaitingUser:
    """Return a row of a line."""
    return WaitingUser(**row._asdict())


def _position(of: WaitingUser) -> Position:
    """Return where a user stands in a line, as a cursor has it."""
    return of.created_at.isoformat(), of.organization_id, of.user_id
