"""Turns: of all nodes one runs a job that all of them could run."""

from datetime import timedelta

from sqlalchemy import bindparam, update

from idp.core.clock import utcnow
from idp.core.db import add_if_absent, changed_one, db, table_of
from idp.ops.models import JobTurn

A_LITTLE_SOONER = 0.9  # than the node asks again: its clock may have been set back

turns = table_of(JobTurn)
TAKE = (
    update(turns)
    .where(turns.c.job == bindparam("name"), turns.c.due_at <= bindparam("now"))
    .values(due_at=bindparam("next"))
)


def take_turn(job: str, *, every: float) -> bool:
    """Tell whether this node is to run a job now, and commit that it does.

    ``every`` are the seconds after which the job is due again. A node that ends within
    its turn holds the job up for that long at most.
    """
    now = utcnow()
    due_at = now + timedelta(seconds=every * A_LITTLE_SOONER)
    taken = changed_one(TAKE, {"name": job, "now": now, "next": due_at})
    taken = taken or add_if_absent(turns, {"job": job, "due_at": due_at})
    db.session.commit()
    return taken
