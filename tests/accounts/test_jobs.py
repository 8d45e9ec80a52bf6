from datetime import timedelta

import pytest
from sqlalchemy import text

from idp.accounts import jobs
from idp.core.clock import utcnow
from idp.core.db import db


def count(table):
    return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def purge(app, *, days):
    with app.app_context():
        removed = jobs.purge(utcnow() + timedelta(days=days))
        db.session.commit()
        return removed, count("one_time_tokens"), count("browser_sessions")


def test_expired_tokens_go_at_once_and_sessions_after_thirty_days(app, make):
    account = make.users.account()
    make.users.sign_in_link(account)
    make.browsers.session(account)
    assert purge(app, days=0) == (0, 1, 1)
    assert purge(app, days=1) == (1, 0, 1)
    assert purge(app, days=30) == (0, 0, 1)
    assert purge(app, days=32) == (1, 0, 0)


def test_sessions_go_in_batches(app, make, monkeypatch: pytest.MonkeyPatch):
    account = make.users.account()
    for _ in range(3):
        make.browsers.session(account)
    monkeypatch.setattr(jobs, "BATCH", 2)
    assert purge(app, days=60) == (2, 0, 1)
    assert purge(app, days=60) == (1, 0, 0)
