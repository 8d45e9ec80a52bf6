"""What all nodes share, looked up at each scrape, in time in any case.

A database that is away must not hide what is counted: so it is asked by a thread that
is waited for for a while, and told to be down.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from threading import Lock, Thread

from sqlalchemy.exc import SQLAlchemyError

from idp import __version__
from idp.administration.job_runs import list_jobs
from idp.core.clock import utcnow
from idp.core.context import Services, begin
from idp.core.db import end_unit
from idp.core.hashing import HashingSettings
from idp.mail.delivery import MAILS
from idp.oauth.keys.listing import list_keys
from idp.oauth.logout.delivery import NOTICES
from idp.ops.metrics.families import GaugeValues
from idp.ops.processes.speed import argon2_build, hash_milliseconds, python_build

log = logging.getLogger(__name__)
WAITED_SECONDS = 2.0
OUTBOXES = {"mail": MAILS, "logout_notices": NOTICES}
JOB_STATES = ("ok", "waiting", "late", "failing")
UP = ("idp_database_up", "Whether the database answered this scrape.", ())


class LookedUp:
    """Asks the database, by one thread at a time, which all wait for who ask."""

    def __init__(self, hashing: HashingSettings) -> None:
        self._hashing = hashing
        self._beginning = Lock()
        self._look: _Look | None = None

    def families(self, services: Services) -> list[GaugeValues]:
        """Return all that is looked up; of a database that is away that it is."""
        told = [*_of_build(self._hashing)]
        found = self._ask(services)
        return [*told, GaugeValues(*UP, {(): float(bool(found))}), *found]

    def _ask(self, services: Services) -> list[GaugeValues]:
        """Return what the database told in time, else nothing."""
        with self._beginning:
            if self._look is None or not self._look.is_alive():
                self._look = _Look(services)
                self._look.start()
            look = self._look
        look.join(WAITED_SECONDS)
        return look.found


class _Look(Thread):
    """One look at the database; ``found`` stays empty where it tells nothing."""

    def __init__(self, services: Services) -> None:
        super().__init__(name="metrics", daemon=True)
        self._services = services
        self.found: list[GaugeValues] = []

    def run(self) -> None:
        """Look, in a unit of work."""
        unit = begin(self._services)
        try:
            self.found = [*_of_outboxes(), *_of_keys(), *_of_jobs()]
        except Exception as error:
            bug = None if isinstance(error, SQLAlchemyError) else error
            facts = {"error": type(error).__name__}
            log.warning("database not looked up", extra=facts, exc_info=bug)
        finally:
            end_unit(unit)


def _of_build(hashing: HashingSettings) -> Iterator[GaugeValues]:
    """Yield which version runs, on what, and what one password hash costs there."""
    yield GaugeValues(
        "idp_build_info",
        "Which version runs, and whether Argon2 and Python were built to be fast.",
        ("version", "argon2", "python"),
        {(__version__, argon2_build(), _python()): 1},
    )
    yield GaugeValues(
        "idp_password_hash_cost_seconds",
        "Processor time of one password hash, measured once.",
        (),
        {(): _hash_seconds(hashing)},
    )


@cache
def _hash_seconds(hashing: HashingSettings) -> float:
    return hash_milliseconds(hashing) / 1000


def _python() -> str:
    """Say how Python was built, as the start does."""
    return "without profiles" if python_build() else "with profiles"


def _of_outboxes() -> Iterator[GaugeValues]:
    """Yield what waits to be sent."""
    now = utcnow()
    backlogs = {(name,): outbox.backlog() for name, outbox in OUTBOXES.items()}
    yield GaugeValues(
        "idp_outbox_waiting",
        "What waits to be sent.",
        ("outbox",),
        {name: held.waiting for name, held in backlogs.items()},
    )
    yield GaugeValues(
        "idp_outbox_oldest_seconds",
        "For how long the oldest of what waits does.",
        ("outbox",),
        {name: _age(held.oldest_at, now) for name, held in backlogs.items()},
    )
    yield GaugeValues(
        "idp_outbox_failed",
        "What was given up, and is kept for a while.",
        ("outbox",),
        {name: held.failed for name, held in backlogs.items()},
    )


def _of_keys() -> Iterator[GaugeValues]:
    """Yield how old the keys are that sign, and when others follow."""
    now = utcnow()
    signing = [key for key in list_keys() if key.state == "signing"]
    yield GaugeValues(
        "idp_signing_key_age_seconds",
        "For how long the key of an algorithm signs; none where none does.",
        ("algorithm",),
        {(key.algorithm,): _age(key.signs_from, now) for key in signing},
    )
    yield GaugeValues(
        "idp_signing_key_left_seconds",
        "For how long it will go on to; negative where rotation is late.",
        ("algorithm",),
        {(key.algorithm,): -_age(key.signs_until, now) for key in signing},
    )


def _of_jobs() -> Iterator[GaugeValues]:
    """Yield how it stands with what the background worker does."""
    now, jobs = utcnow(), list_jobs()
    states = Counter[str](job.state for job in jobs)
    yield GaugeValues(
        "idp_jobs",
        "Background jobs, by how it stands with them.",
        ("state",),
        {(state,): states.get(state, 0) for state in JOB_STATES},
    )
    yield GaugeValues(
        "idp_job_lag_seconds",
        "For how long a background job is due; runs are noted once a minute.",
        ("name",),
        {(job.name,): max(0.0, _age(job.next_run_at, now)) for job in jobs},
    )


def _age(moment: datetime | None, now: datetime) -> float:
    """Return the seconds since a moment, 0 where there is none."""
    return (now - moment).total_seconds() if moment else 0.0
