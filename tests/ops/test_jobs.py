"""The background worker's loop."""

import logging

from sqlalchemy import func, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.models import RevokedToken
from idp.ops.processes.background import JOBS
from idp.ops.processes.jobs import BREATH_SECONDS, Job, Worker


class Rounds:
    """Stops the loop after so many rounds; no time passes, waits are noted."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.waits: list[float] = []

    def __call__(self, wait_seconds: float) -> bool:
        self.waits.append(wait_seconds)
        self.left -= 1
        return self.left < 0


def job(name, run, *, interval_seconds=60.0, batch=None):
    return Job(name=name, interval_seconds=interval_seconds, run=run, batch=batch)


def test_every_job_runs_at_once_and_then_waits_its_interval(app):
    ran = []

    def note(name):
        return lambda: ran.append(name) or 0

    rounds = Rounds(2)
    Worker(app, [job("a", note("a")), job("b", note("b"))]).run(rounds)
    assert ran == ["a", "b"]
    assert rounds.waits[:2] == [0.0, 0.0]
    assert 50 < rounds.waits[2] <= 60


def test_what_a_job_wrote_is_committed(app):
    def write() -> int:
        db.session.add(RevokedToken(jti="j", expires_at=utcnow()))
        return 1

    Worker(app, [job("write", write)]).run(Rounds(1))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RevokedToken)) == 1


def test_a_full_batch_is_followed_by_the_next_after_a_breath(app):
    waiting = [5, 5, 2]
    rounds = Rounds(3)
    Worker(app, [job("batch", lambda: waiting.pop(0), batch=5)]).run(rounds)
    assert waiting == []
    assert max(rounds.waits[:3]) <= BREATH_SECONDS
    assert rounds.waits[3] > 0


def test_a_job_that_fails_is_logged_and_stops_neither_itself_nor_others(app, caplog):
    ran = []

    def fail() -> int:
        db.session.add(RevokedToken(jti="half done", expires_at=utcnow()))
        db.session.flush()
        ran.append("failed")
        raise RuntimeError("boom")

    jobs = [
        job("fails", fail, interval_seconds=0),
        job("works", lambda: ran.append("worked") or 0, interval_seconds=0),
    ]
    with caplog.at_level(logging.ERROR):
        Worker(app, jobs).run(Rounds(4))
    assert ran == ["failed", "worked", "failed", "worked"]
    assert [record.job for record in caplog.records] == ["fails", "fails"]
    assert "boom" in caplog.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RevokedToken)) == 0


def test_the_servers_own_jobs_run_on_an_empty_database(app, caplog):
    with caplog.at_level(logging.ERROR):
        Worker(app, JOBS).run(Rounds(len(JOBS)))
    assert caplog.records == []


def test_of_two_nodes_one_runs_a_job_that_is_done_in_turns(app, clock):
    ran = []
    shared = Job(
        name="purge", interval_seconds=60, in_turns=True, run=lambda: ran.append(1) or 0
    )
    for seconds, expected in ((0, 1), (0, 1), (30, 1), (30, 2), (0, 2)):
        clock.tick(seconds=seconds)
        Worker(app, [shared]).run(Rounds(1))
        assert len(ran) == expected


def test_the_node_whose_turn_it_is_does_all_that_waits(app):
    left = [5, 5, 2]
    shared = Job(
        name="purge",
        interval_seconds=60,
        in_turns=True,
        batch=5,
        run=lambda: left.pop(0),
    )
    Worker(app, [shared]).run(Rounds(3))
    assert left == []
