"""Reading the audit log: who did what, to whom, from where and when."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, text, true

from idp.accounts.models import User
from idp.core.db import db, plan_for_values
from idp.core.paging import Page, PageRequest, Position, page_of
from idp.core.paging.seeking import Order, moment_first, seek
from idp.security.audit import OPERATOR, PROGRAM_MARKS
from idp.security.models import AuditEvent

NEVER = text("1 = 0")
NEWEST = Order(
    (AuditEvent.occurred_at, AuditEvent.id), descending=True, values=moment_first
)


@dataclass(frozen=True)
class AuditFilters:
    """Which rows are wanted; what is left out narrows nothing.

    ``who`` is a user's id, ``operator``, ``api_key:<id>`` or ``client:<id>``; ``whom``
    the id of the user it was done to, ``organization_id`` that of the organization it
    concerns. ``since`` is part of the time, ``until`` is not.
    """

    who: str | None = None
    event: str | None = None
    outcome: str | None = None
    whom: str | None = None
    organization_id: str | None = None
    client_id: str | None = None
    ip: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def search_audit(filters: AuditFilters, request: PageRequest) -> Page[AuditEvent]:
    """Return one page of the audit log, the newest first."""
    of = f"audit:{json.dumps(asdict(filters), default=datetime.isoformat)}"
    rows = _rows_of_page(filters, request, of=of)
    return page_of(rows, request, of=of, position=_position)


def search_audit_of(user_id: str, request: PageRequest) -> Page[AuditEvent]:
    """Return one page of what a user did and what was done to them, the newest first.

    Each is looked up in its own index.
    """
    of = f"audit-of:{user_id}"
    both = (AuditFilters(who=user_id), AuditFilters(whom=user_id))
    found = {
        row.id: row
        for filters in both
        for row in _rows_of_page(filters, request, of=of)
    }
    place = request.place(of)
    newest_first = place is None or not place.back
    rows = sorted(found.values(), key=_position, reverse=newest_first)
    return page_of(rows[: request.limit + 1], request, of=of, position=_position)


def rows_like(filters: AuditFilters) -> Select[AuditEvent]:
    """Return the query of these rows, the newest first."""
    newest = [column.desc() for column in NEWEST.columns]
    return select(AuditEvent).where(*_conditions(filters)).order_by(*newest)


def addresses_in(rows: Iterable[AuditEvent]) -> dict[str, str]:
    """Return the addresses of the users in rows, by id; of erased ones none."""
    ids = {user_id for row in rows for user_id in (row.user_id, row.subject) if user_id}
    known = select(User.id, User.email).where(User.id.in_(ids))
    return {row.id: row.email for row in db.session.execute(known)}


def _rows_of_page(
    filters: AuditFilters, request: PageRequest, *, of: str
) -> Sequence[AuditEvent]:
    """Return the rows like this of one page, and one more."""
    plan_for_values()
    wanted = seek(rows_like(filters), NEWEST, request=request, of=of)
    return db.session.scalars(wanted).all()


def _conditions(filters: AuditFilters) -> Iterator[ColumnElement[bool]]:
    """Yield what rows must be like.

    The first is looked up in its index, the others are compared there, as far as the
    index holds them. SQLite would take any of their indexes, for it does not know which
    value is rare: it is left one. PostgreSQL knows, and drops what is never true.
    """
    lookup, *compared = _equalities(filters) or [true()]
    yield lookup
    for equality in compared:
        yield or_(equality, NEVER)
    if filters.since is not None:
        yield AuditEvent.occurred_at >= filters.since
    if filters.until is not None:
        yield AuditEvent.occurred_at < filters.until


def _equalities(filters: AuditFilters) -> list[ColumnElement[bool]]:
    """Return what must be equal, first what fewest rows have in common."""
    who = filters.who or ""
    program = who == OPERATOR or who.startswith(PROGRAM_MARKS)
    wanted = (
        (AuditEvent.request_id, filters.request_id),
        (AuditEvent.subject, filters.whom),
        (AuditEvent.organization_id, filters.organization_id),
        (AuditEvent.actor if program else AuditEvent.user_id, filters.who),
        (AuditEvent.ip, filters.ip),
        (AuditEvent.client_id, filters.client_id),
        (AuditEvent.event, filters.event),
        (AuditEvent.outcome, filters.outcome),
    )
    return [column == value for column, value in wanted if value is not None]


def _position(row: AuditEvent) -> Position:
    """Return what the list is sorted by, as text."""
    return row.occurred_at.isoformat(), row.id
