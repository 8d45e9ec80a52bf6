import pytest
from sqlalchemy import select, text

from idp.accounts import jobs
from idp.core.clock import utcnow
from idp.core.db import db
from tests.api.callers import Program
from tests.authenticator_app import set_up_app
from tests.plans import plan_of


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


def test_addresses_that_were_not_proven_go_after_a_day(app, http, make, clock):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    caller, ada = Program(http), make.users.account()
    make.users.further_email(ada, "home@example.com")
    caller.sign_in(ada)
    body = {"email": "new@example.com", "password": ada.password}
    assert caller.post("/account/emails", body).status_code == 202
    left = []
    for passed in ({"hours": 24}, {"seconds": 1}):
        clock.tick(**passed)
        purge(app)
        with app.app_context():
            left.append(count("user_emails"))
    assert left == [3, 2]


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


def test_removed_apps_go_once_nobody_can_undo_it_and_new_ones_wait_a_day(
    app, http, make, clock
):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    caller = Program(http)
    caller.sign_in(make.users.account())
    set_up_app(caller)
    caller.send("DELETE", "/account/totp")
    caller.post("/account/totp")

    def left():
        purge(app)
        with app.app_context():
            return count("totp_secrets"), count("factor_changes")

    assert left() == (2, 2)
    clock.tick(days=1, seconds=1)
    assert left() == (1, 2)
    clock.tick(days=5, hours=23)
    assert left() == (1, 2)
    clock.tick(hours=1)
    assert left() == (0, 0)


def test_what_is_over_is_found_by_index(app):
    with app.app_context():
        for table, over in jobs._over(utcnow()):
            if table.name == "registration_waitlist":  # a waitlist has few
                continue
            plan = plan_of(select(*table.primary_key).where(over).limit(1))
            assert "Seq Scan" not in plan
            assert "SCAN" not in plan or "uq_totp_secrets_waiting" in plan
            db.session.rollback()
