"""Several budgets at one look."""

import pytest
from sqlalchemy import event

from idp.app import create_app
from idp.core.db import db
from idp.security.models import Counter
from idp.security.ratelimit import meters
from idp.security.ratelimit.meters import Budget, Reading

SLOW = Budget("slow", lambda _: "3/minute; 4/hour").meter("ada")
FAST = Budget("fast", lambda _: "2/second").meter("ada")
OFF = Budget("off", lambda _: "off").meter("ada")


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def count(times, *counted):
    for _ in range(times):
        meters.add(counted)


def test_nothing_is_counted_at_first_and_looking_counts_nothing(context):
    for _ in range(5):
        assert meters.read((SLOW, FAST)) == [Reading(0, 0), Reading(0, 0)]


def test_a_meter_waits_for_the_longest_of_its_windows(context, clock):
    count(3, SLOW)
    assert meters.read([SLOW]) == [Reading(3, 60)]
    clock.tick(seconds=61)
    assert meters.read([SLOW]) == [Reading(3, 0)]
    count(1, SLOW)
    assert meters.read([SLOW]) == [Reading(4, 3600 - 61)]


def test_each_meter_counts_by_itself(context, clock):
    count(2, SLOW, FAST)
    assert meters.read((SLOW, FAST)) == [Reading(2, 0), Reading(2, 1)]
    meters.give_back((), forgotten=[FAST])
    assert meters.read((SLOW, FAST)) == [Reading(2, 0), Reading(0, 0)]


def test_a_limit_that_is_off_never_waits(context):
    count(9, OFF)
    assert meters.read([OFF]) == [Reading(0, 0)]


def test_a_count_survives_a_rollback_of_the_request(context):
    count(1, SLOW)
    db.session.rollback()
    assert meters.read([SLOW])[0].tries == 1


def test_a_try_is_given_back_and_others_are_forgotten_at_once(context, clock):
    count(3, SLOW, FAST)
    meters.give_back([SLOW], forgotten=[FAST])
    assert meters.read((SLOW, FAST)) == [Reading(2, 0), Reading(0, 0)]


def test_no_more_is_given_back_than_was_counted(context, clock):
    count(1, SLOW)
    for _ in range(3):
        meters.give_back([SLOW])
    count(2, SLOW)
    assert meters.read([SLOW]) == [Reading(2, 0)]


def test_a_window_from_which_all_was_given_back_begins_anew(context, clock):
    count(1, SLOW)
    meters.give_back([SLOW])
    clock.tick(seconds=50)
    count(3, SLOW)
    assert meters.read([SLOW]) == [Reading(3, 60)]


def test_counting_says_what_was_one_too_many(context, clock):
    count(2, SLOW)
    assert meters.add([SLOW]) == [Reading(3, 0)]
    assert meters.add([SLOW]) == [Reading(4, 60)]


def test_one_look_is_one_statement(context):
    seen = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    meters.read((SLOW, FAST, OFF))
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 1


class TestWithRedis:
    """The counters of all nodes are in Redis."""

    @pytest.fixture
    def environ(self, redis_url):
        return {"IDP_REDIS_URL": redis_url}

    def test_looking_counts_nothing_and_each_meter_counts_by_itself(self, context):
        count(2, SLOW, OFF)
        count(1, SLOW)
        for _ in range(5):
            slow, off = meters.read((SLOW, OFF))
        assert (slow.tries, off) == (3, Reading(0, 0))
        assert 0 < slow.wait_seconds <= 60
        meters.give_back((), forgotten=[SLOW])
        assert meters.read((SLOW, OFF)) == [Reading(0, 0), Reading(0, 0)]

    def test_a_try_is_given_back(self, context):
        count(2, SLOW)
        for _ in range(3):
            meters.give_back([SLOW])
        count(1, SLOW)
        assert meters.read([SLOW])[0].tries == 1

    def test_another_node_sees_what_this_one_counted(self, context, settings):
        count(3, SLOW)
        with create_app(settings).app_context():
            (reading,) = meters.read([SLOW])
            db.engine.dispose()
        assert reading.tries == 3

    def test_nothing_is_counted_in_the_database(self, context):
        count(1, SLOW)
        assert db.session.query(Counter).count() == 0


class TestWithoutRedis:
    """Redis is configured but does not answer."""

    @pytest.fixture
    def environ(self, tmp_path):
        return {"IDP_REDIS_URL": f"unix://{tmp_path}/nobody-listens"}

    def test_the_process_counts_by_itself(self, context):
        count(3, SLOW)
        (reading,) = meters.read([SLOW])
        assert reading.tries == 3
        assert 0 < reading.wait_seconds <= 60
        meters.give_back([SLOW])
        assert meters.read([SLOW]) == [Reading(2, 0)]
