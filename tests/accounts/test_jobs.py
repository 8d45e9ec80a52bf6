import pytest
from sqlalchemy import text

from idp.accounts import jobs
from idp.core.clock import utcnow
from idp.core.db import db


def count(table):
    return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def purge(app):
    with app.app_context():
        removed = jobs.purge(utcnow())
        db.session.commit()
        return removed, count("one_time_tokens"), count("browser_sessions")


def end_sessions(app):
    with app.app_context():
        jobs.end_sessions_run_out()
        db.session.commit()


def test_expired_tokens_go_at_once_and_sessions_thirty_days_after_their_end(
    app, make, clock
):
    account = make.users.account()
    make.users.sign_in_link(account)
    make.browsers.session(account)
    assert purge(app) == (0, 1, 1)
    clock.tick(days=1)
    assert purge(app) == (1, 0, 1)
    end_sessions(app)
    clock.tick(days=29)
    assert purge(app) == (0, 0, 1)
    clock.tick(days=2)
    assert purge(app) == (1, 0, 0)


def test_sessions_go_in_batches(app, make, clock, monkeypatch: pytest.MonkeyPatch):
    account = make.users.account()
    for _ in range(3):
        make.browsers.session(account)
    monkeypatch.setattr(jobs, "BATCH", 2)
    clock.tick(days=1)
    end_sessions(app)
    clock.tick(days=31)
    assert purge(app) == (2, 0, 1)
    assert purge(app) == (1, 0, 0)
