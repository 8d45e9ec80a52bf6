"""/api/admin/stats: the server in numbers, and what needs somebody."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from idp.administration.attention import Need
from idp.core.clock import utcnow
from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.oauth.keys import rotation
from idp.oauth.models import LogoutDelivery
from idp.ops.database import revisions
from idp.ops.processes.background import JOBS
from idp.ops.processes.jobs import Job, Worker
from tests.administration.loops import Stopped, fail
from tests.api.callers import problem
from tests.make_users import PASSWORD

PATH = "/api/admin/stats"


@pytest.fixture
def ada(make):
    return make.users.account(roles=["support"])


@pytest.fixture
def support(program, make, ada):
    """A program of somebody from support, who may look at people."""
    make.clients.spa()
    program.sign_in(ada)
    return program


@pytest.fixture
def running(app):
    """Keys sign, and a worker has run every job."""
    with app.app_context():
        rotation.ensure_keys()
        db.session.commit()
    Worker(app, JOBS).run(Stopped(len(JOBS)))


@pytest.fixture
def store(app):
    """Add a row."""

    def add(model, **values) -> None:
        with app.app_context():
            db.session.add(model(**values))
            db.session.commit()

    return add


@pytest.fixture
def environ():
    """A server behind a proxy that it trusts, on a disk with enough room."""
    return {"IDP_TRUSTED_PROXIES": "127.0.0.1", "IDP_DISK_WARN_MEGABYTES": "1"}


@pytest.fixture
def needed(support, ada):
    """Return what needs somebody, by its code."""

    def by_code(forwarded_for: str | None = "203.0.113.9") -> dict[str, dict]:
        support.sign_in(ada)
        passed_on = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
        answer = support.get(PATH, headers=passed_on)
        assert answer.status_code == 200, answer.text
        return {item["code"]: item for item in answer.json["attention"]}

    return by_code


def test_thirty_days_are_told_the_oldest_first_with_today(support, ada):
    support.post("/auth/login", {"login": ada.email, "password": PASSWORD + "x"})
    stats = support.get(PATH).json
    days = stats["days"]
    assert len(days) == 30
    assert days[-1]["day"] == utcnow().date().isoformat()
    assert (days[-1]["sign_ins"], days[-1]["failures"]) == (1, 1)
    assert days[0]["sign_ins"] == 0
    assert stats["users"] == 1
    assert stats["active_sessions"] == 1
    assert stats["revision"] == revisions()[-1]


def test_a_session_that_ran_out_is_not_active(support, ada, clock):
    clock.tick(days=60)
    support.sign_in(ada)
    assert support.get(PATH).json["active_sessions"] == 1


@pytest.mark.usefixtures("running")
def test_where_all_is_well_nothing_needs_anybody(needed):
    assert needed() == {}


def test_a_server_without_keys_and_worker_says_so_first(app, needed):
    with app.app_context():
        db.session.query(rotation.SigningKey).delete()
        db.session.commit()
    assert set(needed()) >= {Need.NO_SIGNING_KEY, Need.NO_WORKER}


@pytest.mark.usefixtures("running")
def test_a_worker_that_stopped_is_missed(needed, clock):
    clock.tick(hours=6)
    assert needed()["no_worker"]["urgency"] == "bad"


def test_jobs_that_fail_or_are_late_are_named(app, needed, clock):
    ok = [job for job in JOBS if job.interval_seconds > 600]
    mail = Job(name="mail", interval_seconds=3600, run=fail)
    late = Job(name="logout notices", interval_seconds=1, run=lambda: 0)
    Worker(app, [*ok, mail, late]).run(Stopped(len(ok) + 2))
    clock.tick(minutes=7)
    found = needed()
    assert found["jobs_failing"]["names"] == ["mail"]
    assert found["jobs_late"]["names"] == ["logout notices"]


@pytest.mark.usefixtures("running")
def test_mail_that_cannot_leave_is_counted_and_that_given_up(store, needed):
    message = {"kind": "verify_email", "recipient": "a@example.com"}
    store(OutboxMessage, **message)  # waits for its first try
    assert needed() == {}
    oldest = utcnow() - timedelta(minutes=30)
    store(OutboxMessage, **message, tries=3, last_error="x", created_at=oldest)
    store(OutboxMessage, **message, tries=2, last_error="x")
    store(OutboxMessage, **message, failed_at=utcnow(), last_error="x")
    store(OutboxMessage, **message, failed_at=utcnow(), last_error="dropped")
    found = needed()
    assert found["mail_delayed"]["count"] == 2
    assert found["mail_delayed"]["at"].startswith(oldest.isoformat()[:19])
    assert found["mail_failed"]["count"] == 1


@pytest.mark.usefixtures("running")
def test_notices_that_no_app_took_are_counted(store, needed, make, ada):
    client = make.clients.web_client()
    known = {"client_id": client.client_id, "user_id": ada.id, "sid": "s"}
    known["expires_at"] = utcnow() + timedelta(days=7)
    store(LogoutDelivery, **known)
    store(LogoutDelivery, **known, failed_at=utcnow(), last_error="dns")
    assert needed()["deliveries_failed"]["count"] == 1


@pytest.mark.usefixtures("running")
def test_accounts_that_wait_for_approval_are_counted(needed, make):
    make.users.waiting("unproven@example.com", proven=False)
    assert "approvals_wait" not in needed()
    since = utcnow()
    make.users.waiting("waits@example.com")
    found = needed()["approvals_wait"]
    assert (found["count"], found["urgency"]) == (1, "info")
    assert found["at"].startswith(since.isoformat()[:19])


@pytest.mark.usefixtures("running")
def test_keys_that_are_followed_within_a_week_are_named(app, needed, clock):
    clock.tick(days=84)
    Worker(app, JOBS).run(Stopped(len(JOBS)))
    found = needed()
    assert found["keys_rotate"]["names"] == ["ES256", "RS256"]
    assert found["keys_rotate"]["urgency"] == "info"


@pytest.mark.usefixtures("running")
def test_a_database_that_a_newer_version_migrated_is_told(app, needed):
    with app.app_context():
        newer = "UPDATE alembic_version SET version_num = '9999_newer'"
        db.session.connection().exec_driver_sql(newer)
        db.session.commit()
    assert needed()["schema_differs"]["names"] == ["9999_newer"]


def test_who_has_no_role_reads_no_numbers(program, make):
    make.clients.spa()
    program.sign_in(make.users.account())
    assert problem(program.get(PATH)) == (403, "not_permitted")


@pytest.mark.usefixtures("running")
def test_a_proxy_that_passes_nobody_on_is_named(needed):
    told = needed(forwarded_for=None)["proxy_silent"]
    assert (told["urgency"], told["names"]) == ("warn", ["127.0.0.1"])


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("environ", [{"IDP_TRUSTED_PROXIES": "10.0.0.1"}])
def test_a_proxy_that_is_not_trusted_is_named(needed):
    assert needed()["proxy_untrusted"]["names"] == ["127.0.0.1"]
    assert "proxy_silent" in needed(forwarded_for=None)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("few", "code", "urgency"),
    [(2**52, "disk_full", "bad"), (None, "disk_low", "warn"), (0, None, None)],
)
class TestDisk:
    @pytest.fixture
    def environ(self, tmp_path, few):
        (tmp_path / "data").mkdir()
        free = shutil.disk_usage(tmp_path).free // 2**20
        warn = 2 * free if few is None else few
        return {
            "IDP_DISK_WARN_MEGABYTES": str(warn),
            "IDP_TRUSTED_PROXIES": "127.0.0.1",
        }

    def test_little_room_is_told_with_its_folder(self, needed, code, urgency):
        told = needed()
        assert set(told) == ({code} if code else set())
        if code:
            assert told[code]["urgency"] == urgency
            assert told[code]["count"] > 0
            assert Path(told[code]["names"][0]).is_dir()
