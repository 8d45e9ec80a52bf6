"""The background worker: runs each job when it is due, until it is told to stop."""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from flask import Flask

from idp.core.db import db

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that recurs.

    ``run`` must be safe when several nodes run it at once; it returns how many things
    it did, and what it wrote is committed. ``batch`` is the most it does at a time:
    when it did as many, there may be more, and it runs again at once.
    """

    name: str
    interval_seconds: float
    run: Callable[[], int]
    batch: int | None = None


class Worker:
    """One process's loop over the jobs, each in an app context of its own.

    A job that fails is logged and tried again after its interval: the loop survives
    whatever happens in a job.
    """

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        self._app = app
        self._due_at = dict.fromkeys(jobs, 0.0)
        self._stop = Event()

    def stop(self) -> None:
        """End the loop after the job that is running."""
        self._stop.set()

    def run(self) -> None:
        """Run jobs until ``stop`` is called."""
        while not self._stop.is_set():
            job = min(self._due_at, key=self._due_at.__getitem__)
            wait_seconds = self._due_at[job] - time.monotonic()
            if wait_seconds > 0 and self._stop.wait(wait_seconds):
                return
            again_at_once = self.run_job(job)
            pause = 0.0 if again_at_once else job.interval_seconds
            self._due_at[job] = time.monotonic() + pause

    def run_job(self, job: Job) -> bool:
        """Run one job; tell whether more of its work waits."""
        try:
            with self._app.app_context():
                done = job.run()
                db.session.commit()
        except Exception:
            log.exception("job failed", extra={"job": job.name})
            return False
        return job.batch is not None and done >= job.batch


def run_worker(app: Flask, jobs: Sequence[Job]) -> None:
    """Run the background worker in this process until SIGTERM or SIGINT."""
    worker = Worker(app, jobs)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
