"""/admin/jobs: what the background workers do."""

import pytest

from idp.ops.processes.background import JOBS
from idp.ops.processes.jobs import Job, Worker
from tests.admin.pages.pages_of_clients import words_of
from tests.administration.loops import Stopped, fail

PATH = "/admin/jobs"


@pytest.fixture
def browser(http, make):
    make.browsers.sign_in(http, roles=["auditor"])
    return http


def test_before_a_worker_ran_the_page_says_what_waits_for_one(browser):
    assert "No worker has run yet" in words_of(browser.get(PATH))


def test_every_job_is_listed_those_that_fail_first(browser, app):
    failing = Job(name="mail", interval_seconds=1, run=fail)
    others = [job for job in JOBS if job.name != "mail"]
    Worker(app, [*others, failing]).run(Stopped(len(JOBS)))
    page = browser.get(PATH)
    words = words_of(page)
    assert words.index("Failing") < words.index("In order")
    assert "ConnectionError" in words
    assert "secret" not in page.text
    assert words.count("In order") == len(JOBS) - 1


def test_late_jobs_ask_whether_a_worker_runs(browser, app, clock):
    Worker(app, JOBS).run(Stopped(len(JOBS)))
    assert "Is a worker running?" not in words_of(browser.get(PATH))
    clock.tick(minutes=7)
    assert "Is a worker running?" in words_of(browser.get(PATH))
