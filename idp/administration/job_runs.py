"""The background jobs: which there are, and how their last runs went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, delete, select, update

from idp.administration.models import JobRun
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import add_if_absent, db, table_of

# A run is noted at most this often, and a node may be slow or just starting.
NOTED_EVERY = timedelta(minutes=1)
PATIENCE = timedelta(minutes=4)
LONGEST_ERROR = 128

State = Literal["ok", "waiting", "late", "failing"]

runs = table_of(JobRun)
_NAMED = runs.c.job == bindparam("named")
CHANGE_INTERVAL = update(runs).where(_NAMED).values(every_seconds=bindparam("every"))
NOTE_SUCCESS = update(runs).where(_NAMED).values(ran_at=bindparam("now"))
NOTE_FAILURE = (
    update(runs)
    .where(_NAMED)
    .values(failed_at=bindparam("now"), error=bindparam("kind"))
)


@dataclass(frozen=True)
class JobState:
    """One job, for those who look after the server.

    ``waiting`` is one that has not run yet, ``failing`` one whose last run went wrong,
    ``late`` one that no worker has run in twice its time.
    """

    name: str
    state: State
    last_run_at: datetime | None
    next_run_at: datetime
    failed_at: datetime | None
    error: str | None
    every_seconds: int


def announce(jobs: Mapping[str, int]) -> None:
    """Note which jobs a worker has, with their seconds; what it lacks is forgotten."""
    for name, every in jobs.items():
        row = {"job": name, "every_seconds": every, "known_at": utcnow()}
        if not add_if_absent(runs, row):
            connection().execute(CHANGE_INTERVAL, {"named": name, "every": every})
    connection().execute(delete(runs).where(runs.c.job.not_in(list(jobs))))


def note_success(job: str) -> None:
    """Note that a job has run."""
    connection().execute(NOTE_SUCCESS, {"named": job, "now": utcnow()})


def note_failure(job: str, error: Exception) -> None:
    """Note the kind of error by which a job failed; its text could hold secrets."""
    kind = type(error).__name__[:LONGEST_ERROR]
    values = {"named": job, "now": utcnow(), "kind": kind}
    connection().execute(NOTE_FAILURE, values)


def list_jobs() -> list[JobState]:
    """Return all jobs by name; none if no worker has ever run here."""
    return [
        _state_of(row)
        for row in db.session.scalars(select(JobRun).order_by(runs.c.job))
    ]


def _state_of(row: JobRun) -> JobState:
    """Return how it stands with a job."""
    every = timedelta(seconds=row.every_seconds)
    tries = [moment for moment in (row.ran_at, row.failed_at) if moment]
    newest = max(tries, default=row.known_at)
    return JobState(
        name=row.job,
        state=_word(row, late=utcnow() > newest + 2 * every + PATIENCE),
        last_run_at=max(tries, default=None),
        next_run_at=newest + every if tries else newest,
        failed_at=row.failed_at,
        error=row.error,
        every_seconds=row.every_seconds,
    )


def _word(row: JobRun, *, late: bool) -> State:
    """Return the state of a job in a word."""
    if late:
        return "late"
    if row.failed_at and (row.ran_at is None or row.ran_at <= row.failed_at):
        return "failing"
    return "ok" if row.ran_at else "waiting"
