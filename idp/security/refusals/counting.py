"""How often callers that nobody knows were refused: numbers instead of rows."""

from typing import Any

from sqlalchemy import bindparam, event
from sqlalchemy.orm import SessionTransaction

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import UnitSession, db, insert_of, table_of
from idp.core.randomness import random_below
from idp.security.models import RefusalCount

PARTS = 16
UNCOUNTED = "refused to strangers"  # in what a session knows of its unit of work
counts = table_of(RefusalCount)


def count_refusal(refused: str) -> None:
    """Count an event of a stranger when the unit of work is committed.

    It is one write, as the audit row of a known user is: how long an answer takes tells
    nobody who is known.
    """
    db.session.info.setdefault(UNCOUNTED, []).append(refused)


@event.listens_for(UnitSession, "before_commit")
def _count(session: UnitSession) -> None:
    """Write what is to be counted, at last: no other writer waits for longer."""
    for refused in session.info.pop(UNCOUNTED, ()):
        values = {
            "day": utcnow().date(),
            "event": refused,
            "part": random_below(PARTS),
            "count": 1,
        }
        held = connection()
        held.execute(_adding(held.dialect.name), values)


@event.listens_for(UnitSession, "after_soft_rollback")
def _forget(session: UnitSession, undone: SessionTransaction) -> None:
    """Count nothing of what was undone; a savepoint alone undoes no refusal."""
    if not undone.nested:
        session.info.pop(UNCOUNTED, None)


def _adding(dialect: str) -> Any:
    """Return the statement that adds to a number."""
    first = insert_of(dialect)(counts).values(
        {column.name: bindparam(column.name) for column in counts.columns}
    )
    return first.on_conflict_do_update(
        index_elements=[*counts.primary_key], set_={"count": counts.c.count + 1}
    )
