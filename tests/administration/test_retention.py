"""How long API keys that have ended are kept, and rows of the audit log."""

import pytest
from sqlalchemy import insert, select

from idp.accounts.access.permissions import OPERATOR
from idp.administration.api_keys import WantedKey, create_api_key, revoke_api_key
from idp.administration.jobs import BATCH, OLD_ROWS, purge, purge_log
from idp.administration.models import ApiKey
from idp.core.clock import utcnow
from idp.core.db import db
from idp.security.models import AuditEvent
from tests.plans import plan_of


@pytest.fixture
def key(app):
    """Return the id of a new key that is good for ninety days."""
    with app.app_context():
        wanted = WantedKey("k", ["users.read"])
        made = create_api_key(wanted, held=OPERATOR).row.id
        db.session.commit()
    return made


def purged(app) -> int:
    with app.app_context():
        gone = purge(utcnow())
        db.session.commit()
        return gone


def kept(app, key_id) -> bool:
    with app.app_context():
        return db.session.get(ApiKey, key_id) is not None


def test_a_key_that_ran_out_is_listed_for_thirty_days_more(app, clock, key):
    clock.tick(days=119)
    assert purged(app) == 0
    clock.tick(days=2)
    assert purged(app) == 1
    assert not kept(app, key)


def test_a_revoked_key_is_listed_for_thirty_days(app, clock, key):
    with app.app_context():
        revoke_api_key(key)
        db.session.commit()
    clock.tick(days=29)
    assert purged(app) == 0
    clock.tick(days=2)
    assert purged(app) == 1


@pytest.fixture
def logged(app, clock):
    """Return the log with a row of each of the last three days, the oldest first."""
    with app.app_context():
        for event in ("login.fail", "login.ok", "logout"):
            db.session.add(AuditEvent(event=event, outcome="ok"))
            db.session.flush()
            clock.tick(days=1)
        db.session.commit()


def purged_rows(app) -> int:
    with app.app_context():
        gone = purge_log(utcnow())
        db.session.commit()
        return gone


def events(app) -> list[str]:
    with app.app_context():
        of_time = AuditEvent.occurred_at
        return list(db.session.scalars(select(AuditEvent.event).order_by(of_time)))


@pytest.mark.usefixtures("logged")
def test_rows_of_the_log_go_after_a_year_the_oldest_first(app, clock):
    clock.tick(days=361)
    assert purged_rows(app) == 0
    clock.tick(days=2)
    assert purged_rows(app) == 1
    assert events(app) == ["login.ok", "logout"]


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("environ", [{"IDP_AUDIT_RETENTION_DAYS": "0"}])
def test_of_a_log_that_is_kept_for_ever_nothing_goes(app, clock):
    clock.tick(days=10_000)
    assert purged_rows(app) == 0


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("environ", [{"IDP_AUDIT_RETENTION_DAYS": "2"}])
def test_how_long_is_a_setting(app):
    assert purged_rows(app) == 1


def test_a_run_takes_a_batch_and_finds_it_by_time(app, clock):
    with app.app_context():
        rows = [{"event": "logout", "outcome": "ok"} for _ in range(BATCH + 3)]
        db.session.execute(insert(AuditEvent), rows)
        db.session.commit()
    clock.tick(days=400)
    assert [purged_rows(app), purged_rows(app)] == [BATCH, 3]
    with app.app_context():
        plan = plan_of(OLD_ROWS.params(before=utcnow()), in_order=True)
    assert "ix_audit_events_occurred_at" in plan
