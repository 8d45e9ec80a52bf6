"""Rows that leave for another server: claimed by one worker, tried until too old.

A claim is one guarded UPDATE, committed before anything goes over the network, so two
workers never send the same row at the same time. A worker that dies between sending and
recording leaves its claim behind, and the row is sent again when that has run out: at
least once.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Row,
    String,
    Table,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import commit_if_used

LONGEST_WAIT = timedelta(hours=1)
GIVE_UP = timedelta(hours=24)
MAX_DOUBLINGS = 16

Facts = Callable[[Row[Any]], dict[str, str | int]]


@dataclass(frozen=True)
class Backlog:
    """How many rows wait, since when the oldest does, and how many were given up."""

    waiting: int
    oldest_at: datetime | None
    failed: int


@dataclass(frozen=True)
class Share:
    """How many rows of one value a round takes, so that one delays no other."""

    of: Column[Any]
    rows: int


@dataclass(frozen=True)
class DeliveryLog:
    """Where deliveries are logged: a name for each end, and what is said of a row."""

    logger: logging.Logger
    done: str
    delayed: str
    failed: str
    facts: Facts


def index_of_failed(table: str) -> Index:
    """Return the index by which the rows that failed are listed."""
    failed = text("failed_at IS NOT NULL")
    return Index(
        f"ix_{table}_failed", "id", sqlite_where=failed, postgresql_where=failed
    )


class Outbox:
    """One table of rows to send.

    It has ``id``, ``created_at``, ``next_try_at``, ``claimed_until``, ``tries``,
    ``last_error``, ``failed_at``, and a column ``done`` for the moment of success.
    ``claim_for`` is longer than a round of tries takes; ``blanked`` is what a row no
    longer holds once it has failed. Each method commits.
    """

    def __init__(
        self,
        table: Table,
        *,
        done: str,
        claim_for: timedelta,
        first_wait: timedelta,
        log: DeliveryLog,
        share: Share | None = None,
        blanked: Mapping[str, Any] | None = None,
    ) -> None:
        self._done = done
        self._claim_for = claim_for
        self._first_wait = first_wait
        self._log = log
        self._blanked = blanked or {}
        self._max_reason = cast("String", table.c.last_error.type).length
        unfinished = table.c[done].is_(None) & table.c.failed_at.is_(None)
        waiting = unfinished & _due(table)
        count = func.count()
        self._unfinished = select(count, func.min(table.c.created_at)).where(unfinished)
        self._failed = select(count).where(table.c.failed_at.is_not(None))
        named = table.c.id == bindparam("row_id")
        self._find = _oldest(table, waiting, share=share).limit(bindparam("limit"))
        self._claim = (
            update(table)
            .where(named, waiting)
            .values(claimed_until=bindparam("until"), tries=table.c.tries + 1)
            .returning(*table.c)
        )
        self._update = update(table).where(named, unfinished)

    def find_due(self, limit: int) -> Sequence[str]:
        """Return the ids of rows to try, the longest due first; one SELECT."""
        values = {"now": utcnow(), "limit": limit}
        found = connection().execute(self._find, values).scalars().all()
        commit_if_used()
        return found

    def backlog(self) -> Backlog:
        """Return what is in it now; two SELECTs."""
        waiting, oldest_at = connection().execute(self._unfinished).one()
        failed = connection().execute(self._failed).scalar_one()
        commit_if_used()
        return Backlog(waiting, oldest_at, failed)

    def claim(self, row_id: str) -> Row[Any] | None:
        """Take a row for one try; None when another worker was first."""
        now = utcnow()
        values = {"row_id": row_id, "now": now, "until": now + self._claim_for}
        row = connection().execute(self._claim, values).one_or_none()
        commit_if_used()
        return row

    def succeed(self, row: Row[Any], **values: Any) -> None:
        """Record that a row has arrived, and write ``values`` beside it."""
        self._write(row, {self._done: utcnow(), "last_error": None, **values})
        self._log.logger.info(self._log.done, extra=self._log.facts(row))

    def put_off(self, row: Row[Any], reason: str) -> None:
        """Have a row tried again later, or give up when that would be too late."""
        next_try_at = utcnow() + self._wait_after(row.tries)
        if next_try_at > row.created_at + GIVE_UP:
            self.give_up(row, reason)
            return
        self._write(row, {"next_try_at": next_try_at, "last_error": self._cut(reason)})
        told = {**self._log.facts(row), "reason": reason}
        self._log.logger.warning(self._log.delayed, extra=told)

    def give_up(self, row: Row[Any], reason: str) -> None:
        """Record that a row will never arrive."""
        failed = {"failed_at": utcnow(), "last_error": self._cut(reason)}
        self._write(row, {**failed, **self._blanked})
        told = {**self._log.facts(row), "reason": reason}
        self._log.logger.error(self._log.failed, extra=told)

    def _write(self, row: Row[Any], values: Mapping[str, Any]) -> None:
        """Record a try, and end its claim."""
        updated = self._update.values(claimed_until=None, **values)
        connection().execute(updated, {"row_id": row.id})
        commit_if_used()

    def _wait_after(self, tries: int) -> timedelta:
        """Return the pause after this many failed tries: doubled, at most an hour."""
        doubled: timedelta = self._first_wait * (1 << min(tries - 1, MAX_DOUBLINGS))
        return min(doubled, LONGEST_WAIT)

    def _cut(self, reason: str) -> str:
        """Return as much of a reason as its column holds."""
        return reason[: self._max_reason]


def _due(table: Table) -> ColumnElement[bool]:
    """Return the condition of rows whose time has come and that are not claimed."""
    now: ColumnElement[datetime] = bindparam("now", type_=table.c.created_at.type)
    unclaimed = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)
    return (table.c.next_try_at <= now) & unclaimed


def _oldest(table: Table, waiting: ColumnElement[bool], *, share: Share | None) -> Any:
    """Return the query for ids, the longest due first, of each value its share."""
    if share is None:
        return select(table.c.id).where(waiting).order_by(table.c.next_try_at)
    place = func.row_number().over(partition_by=share.of, order_by=table.c.next_try_at)
    ranked = (
        select(table.c.id, table.c.next_try_at, place.label("place"))
        .where(waiting)
        .subquery()
    )
    return (
        select(ranked.c.id)
        .where(ranked.c.place <= share.rows)
        .order_by(ranked.c.next_try_at)
    )
