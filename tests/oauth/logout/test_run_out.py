"""Sessions that run out end what hangs on them, and their apps are told."""

import pytest
from sqlalchemy import insert, select

from idp.accounts import jobs as account_jobs
from idp.accounts.models import BrowserSession
from idp.accounts.sessions.end import FIND_RUN_OUT
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import db, table_of
from idp.core.randomness import new_id
from idp.oauth import jobs
from idp.oauth.models import Grant
from tests.oauth.calls import refresh
from tests.oauth.signing_out import (
    LOOPBACK_OPEN,
    checked,
    deliver,
    receiver,
    sign_in_at,
)


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def receiving():
    with receiver() as made:
        yield made


@pytest.fixture
def client(make, receiving):
    return make.clients.spa(backchannel_logout_uri=receiving.uri)


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http)


@pytest.fixture
def tokens(http, make, client, ada):
    return sign_in_at(http, make, client, person=ada.person)


@pytest.fixture
def told(app, http, client, receiving):
    """Runs the jobs, and says which sessions the app heard of."""

    def heard():
        with app.app_context():
            while account_jobs.end_sessions_run_out():
                db.session.commit()
        while deliver(app):
            pass
        return [
            checked(http, each, client.client_id)["sid"] for each in receiving.tokens
        ]

    return heard


def live_grants(app):
    with app.app_context():
        return db.session.query(Grant).filter(Grant.revoked_at.is_(None)).count()


def test_a_session_that_idles_out_ends_its_grants_and_tells(
    app, ada, tokens, told, clock
):
    clock.tick(hours=1, minutes=59)
    assert (told(), live_grants(app)) == ([], 1)
    clock.tick(minutes=2)
    assert (told(), live_grants(app)) == ([ada.session_id], 0)
    assert told() == [ada.session_id], "once"


def test_a_session_that_its_apps_use_goes_on_till_its_absolute_end(
    http, client, tokens, told, clock
):
    token = tokens["refresh_token"]
    for _ in range(15):
        clock.tick(minutes=95)
        token = refresh(http, client, token).json["refresh_token"]
    assert told() == []
    clock.tick(minutes=20)
    assert len(told()) == 1


def test_apps_are_told_although_their_grants_are_old(app, ada, tokens, told, clock):
    clock.tick(days=5)
    with app.app_context():
        while jobs.purge_expired():
            pass
    assert told() == [ada.session_id]
    with app.app_context():
        jobs.purge_expired()
        assert db.session.query(Grant).count() == 0


def test_sessions_end_in_batches(app, make, clock, monkeypatch):
    account = make.users.account()
    for _ in range(3):
        make.browsers.session(account)
    clock.tick(hours=3)
    monkeypatch.setattr(account_jobs, "ENDED_AT_ONCE", 2)
    with app.app_context():
        assert [account_jobs.end_sessions_run_out() for _ in range(3)] == [2, 1, 0]


def test_no_session_is_deleted_before_its_apps_were_told(app, ada, tokens, told, clock):
    clock.tick(days=60)
    with app.app_context():
        while account_jobs.purge(utcnow()):
            db.session.commit()
    assert told() == [ada.session_id]


def test_sessions_that_ran_out_are_found_by_their_index(app, ada):
    with app.app_context():
        add_live_sessions(1000)
        assert "ix_browser_sessions_unended" in plan_of(FIND_RUN_OUT)


def add_live_sessions(count):
    """Add copies of a session, and let PostgreSQL know how many there are."""
    sessions = table_of(BrowserSession)
    row = connection().execute(select(sessions)).mappings().one()
    copies = [
        {**row, "id": new_id(), "token_digest": f"{number:064}"}
        for number in range(count)
    ]
    connection().execute(insert(sessions), copies)
    if connection().dialect.name == "postgresql":
        connection().exec_driver_sql("ANALYZE browser_sessions")


def plan_of(statement):
    """Return how the database would find the rows, were a scan dearer than it is."""
    held, kind = connection(), connection().dialect.name
    if kind == "postgresql":
        held.exec_driver_sql("SET LOCAL enable_seqscan = off")
    written = statement.params(now=utcnow()).compile(
        dialect=held.dialect, compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN" if kind == "postgresql" else "EXPLAIN QUERY PLAN"
    return str(held.exec_driver_sql(f"{explain} {written}").all())
