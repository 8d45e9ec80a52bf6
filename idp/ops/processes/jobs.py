"""The background worker: runs each job when it is due, until it is told to stop."""

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from select import select

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from idp.administration import job_runs
from idp.core.clock import utcnow
from idp.core.connections import Database
from idp.core.context import service_of
from idp.core.db import db
from idp.ops.metrics.sampling import BACKGROUND, note_process
from idp.ops.processes.lease import take_turn

log = logging.getLogger(__name__)
STATEMENT_SECONDS = 600
BREATH_SECONDS = 0.05  # between batches: SQLite lets in who happens to ask


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that recurs.

    ``run`` must be safe when several nodes run it at once; it returns how many things
    it did, and what it wrote is committed. ``batch`` is the most it does at a time:
    when it did as many, there may be more, and it runs again at once. A job
    ``in_turns`` runs once in its interval on one of all nodes: for work that is not
    urgent, and that nodes doing it together would only make dearer.
    """

    name: str
    interval_seconds: float
    run: Callable[[], int]
    batch: int | None = None
    in_turns: bool = False


class Worker:
    """One process's loop over the jobs, each in an app context of its own.

    A job that fails is logged and tried again after its interval: the loop survives
    whatever happens in a job. How jobs went is noted for operators, who may read it
    where there is no log.
    """

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        self._app = app
        self._due_at = dict.fromkeys(jobs, 0.0)
        self._unfinished: set[Job] = set()
        self._noted: dict[Job, tuple[bool, datetime]] = {}

    def run(self, told_to_stop: Callable[[float], bool]) -> None:
        """Run jobs as they fall due.

        ``told_to_stop`` waits for that many seconds and ends early, with True, when
        the worker should stop; a job that is running is finished first.
        """
        self._in_context(self._announce)
        while True:
            job = min(self._due_at, key=self._due_at.__getitem__)
            if told_to_stop(max(0.0, self._due_at[job] - time.monotonic())):
                return
            more_waits = self.run_job(job)
            pause = BREATH_SECONDS if more_waits else job.interval_seconds
            self._due_at[job] = time.monotonic() + pause

    def run_job(self, job: Job) -> bool:
        """Run one job if it is our turn; tell whether more of its work waits."""
        ours = not job.in_turns or job in self._unfinished
        self._unfinished.discard(job)
        try:
            with self._app.app_context():
                if not ours and not take_turn(job.name, every=job.interval_seconds):
                    return False
                done = job.run()
                if self._is_news(job, well=True):
                    job_runs.note_success(job.name)
                db.session.commit()
        except Exception as error:
            log.exception("job failed", extra={"job": job.name})
            if self._is_news(job, well=False):
                self._in_context(partial(job_runs.note_failure, job.name, error))
            return False
        if job.batch is None or done < job.batch:
            return False
        self._unfinished.add(job)
        return True

    def _announce(self) -> None:
        """Note which jobs there are."""
        job_runs.announce(
            {job.name: round(job.interval_seconds) for job in self._due_at}
        )

    def _is_news(self, job: Job, *, well: bool) -> bool:
        """Tell whether how a job went is to be noted: a change, or after a minute."""
        now = utcnow()
        went, at = self._noted.get(job, (None, now))
        if went is well and now - at < job_runs.NOTED_EVERY:
            return False
        self._noted[job] = well, now
        return True

    def _in_context(self, write: Callable[[], None]) -> None:
        """Write what operators read; without a database the log alone has it."""
        try:
            with self._app.app_context():
                write()
                db.session.commit()
        except SQLAlchemyError:
            log.exception("how a job went was not noted")


def run_worker(app: Flask, jobs: Sequence[Job]) -> None:
    """Run the background worker in this process until SIGTERM or SIGINT.

    Its statements may take long: they go through whole tables.
    """
    note_process(app, BACKGROUND)
    database = service_of(app, Database)
    database.limits = replace(database.limits, statement=STATEMENT_SECONDS)
    Worker(app, jobs).run(StopSignal())


class StopSignal:
    """Waits for SIGTERM or SIGINT; calling it tells whether one has come by now.

    The interpreter writes a byte into a pipe for each signal. A handler that sets a
    ``threading.Event`` would never return if it came while the loop held its lock.
    """

    def __init__(self) -> None:
        self._read_end, write_end = os.pipe()
        os.set_blocking(write_end, False)
        signal.set_wakeup_fd(write_end)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    def __call__(self, wait_seconds: float) -> bool:
        """Wait for that long or until a signal comes."""
        return bool(select([self._read_end], [], [], wait_seconds)[0])
