"""The numbers of each day, counted by the job and without it."""

from datetime import timedelta

import pytest

from idp.administration.daily_counts import count_days, daily_counts
from idp.core.clock import utcnow
from idp.core.db import db
from idp.security.models import AuditEvent
from tests.hosted_pages import press
from tests.make_users import PASSWORD


@pytest.fixture
def counted(app):
    """Run the job."""

    def count() -> int:
        with app.app_context():
            days = count_days()
            db.session.commit()
        return days

    return count


@pytest.fixture
def numbers(app):
    """Return the numbers of a day that is so many days ago."""

    def of(ago: int = 0) -> dict[str, int]:
        with app.app_context():
            found = daily_counts()
            assert len(found) == 30
            return found[utcnow().date() - timedelta(days=ago)]

    return of


@pytest.fixture
def happened(app):
    """Add rows to the audit log, at a moment."""

    def add(event="login.ok", *, ago=timedelta(0), outcome="ok", **detail) -> None:
        with app.app_context():
            at = utcnow() - ago
            row = AuditEvent(event=event, outcome=outcome, occurred_at=at)
            row.detail = detail
            db.session.add(row)
            db.session.commit()

    return add


@pytest.mark.parametrize("by_job", [True, False])
def test_what_people_did_is_counted(http, make, numbers, counted, by_job):
    ada = make.users.account()
    before = numbers()
    assert press(http, http.get("/login"), username=ada.email, password="x").text
    sent = {"username": ada.email, "password": PASSWORD}
    assert press(http, http.get("/login"), **sent).status_code == 303
    if by_job:
        counted()
    assert numbers() == before | {"sign_ins": 1, "failures": 1}


@pytest.mark.parametrize("by_job", [True, False])
def test_each_kind_counts_as_one_number(numbers, counted, happened, by_job):
    happened("login.ok")
    happened("magic.used")
    happened("login.ok", again=True)  # a confirmation is no sign-in
    happened("register")
    happened("register", outcome="refused")
    happened("login.fail", outcome="refused")
    happened("login.limited", outcome="refused")
    happened("logout")
    if by_job:
        counted()
    assert numbers() == {"sign_ins": 2, "sign_ups": 1, "failures": 2}


def test_what_came_after_the_count_is_added_once(numbers, counted, happened, clock):
    happened()
    counted()
    clock.tick(seconds=30)
    happened()
    assert numbers()["sign_ins"] == 2
    counted()
    assert numbers()["sign_ins"] == 2


def test_a_row_that_became_visible_late_is_counted_the_next_time(
    numbers, counted, happened, clock
):
    counted()
    happened(ago=timedelta(seconds=5))
    clock.tick(minutes=1)
    counted()
    assert numbers()["sign_ins"] == 1


def test_days_that_no_worker_counted_are_read_from_the_log(
    numbers, counted, happened, clock
):
    happened()
    counted()
    clock.tick(days=3)
    happened(ago=timedelta(days=1))
    happened()
    assert [numbers(ago)["sign_ins"] for ago in range(4)] == [1, 1, 0, 1]
    counted()
    assert [numbers(ago)["sign_ins"] for ago in range(4)] == [1, 1, 0, 1]


def test_a_day_that_is_over_is_counted_no_more_and_outlives_the_log(
    app, numbers, counted, happened, clock
):
    happened()
    assert counted() == 30
    clock.tick(days=2)
    assert counted() == 3
    assert counted() == 1
    with app.app_context():
        db.session.query(AuditEvent).delete()
        db.session.commit()
    assert numbers(2)["sign_ins"] == 1
