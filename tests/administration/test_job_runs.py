"""What operators read of the background jobs."""

import pytest

from idp.administration.job_runs import list_jobs
from idp.ops.processes.background import JOBS
from idp.ops.processes.jobs import Job, Worker
from tests.administration.loops import Stopped, fail


@pytest.fixture
def listed(app):
    """Return a function that lists the jobs by name."""

    def by_name():
        with app.app_context():
            return {job.name: job for job in list_jobs()}

    return by_name


def job(run=lambda: 0, *, name="mail", seconds=60.0) -> Job:
    return Job(name=name, interval_seconds=seconds, run=run)


def test_a_worker_says_which_jobs_it_has_and_forgets_others(app, listed):
    Worker(app, [job(name="old")]).run(Stopped(0))
    Worker(app, JOBS).run(Stopped(0))
    assert set(listed()) == {each.name for each in JOBS}
    assert {each.state for each in listed().values()} == {"waiting"}


def test_a_job_that_ran_has_its_last_and_its_next_run(app, listed, clock):
    Worker(app, [job()]).run(Stopped(1))
    found = listed()["mail"]
    assert found.state == "ok"
    assert (found.next_run_at - found.last_run_at).total_seconds() == 60


def test_a_failure_is_told_by_its_kind_and_outlives_recovery(app, listed, clock):
    Worker(app, [job(fail)]).run(Stopped(1))
    failed = listed()["mail"]
    assert (failed.state, failed.error) == ("failing", "ConnectionError")
    clock.tick(seconds=60)
    Worker(app, [job()]).run(Stopped(1))
    again = listed()["mail"]
    assert (again.state, again.error) == ("ok", "ConnectionError")
    assert again.failed_at == failed.failed_at


def test_a_job_that_no_worker_runs_becomes_late(app, listed, clock):
    Worker(app, [job(seconds=60), job(name="keys", seconds=3600)]).run(Stopped(2))
    clock.tick(minutes=7)
    assert listed()["mail"].state == "late"
    assert listed()["keys"].state == "ok"


def test_a_job_that_never_ran_becomes_late_too(app, listed, clock):
    Worker(app, [job()]).run(Stopped(0))
    clock.tick(minutes=7)
    assert listed()["mail"].state == "late"


def test_a_job_of_each_second_writes_once_a_minute(app, statements, clock):
    worker = Worker(app, [job(seconds=0)])
    worker.run(Stopped(1))
    with statements() as seen:
        worker.run(Stopped(5))
    assert seen.count("UPDATE") == 1  # of its interval, as it starts anew
    clock.tick(seconds=60)
    with statements() as seen:
        worker.run(Stopped(5))
    assert seen.count("UPDATE") == 2


def test_a_job_that_begins_to_fail_is_noted_at_once(app, listed, clock):
    broken = []

    def run() -> int:
        return fail() if broken else 0

    worker = Worker(app, [job(run)])
    worker.run(Stopped(1))
    clock.tick(seconds=1)
    broken.append("mail server")
    worker.run_job(next(iter(worker._due_at)))
    assert listed()["mail"].state == "failing"
    broken.clear()
    clock.tick(seconds=1)
    worker.run_job(next(iter(worker._due_at)))
    assert listed()["mail"].state == "ok"
