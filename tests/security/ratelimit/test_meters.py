import threading
from contextlib import suppress

import pytest

from idp.core.context import current
from idp.core.errors import RateLimited
from idp.security.ratelimit.counters import Counters
from idp.security.ratelimit.meters import Budget, give_back, network_of

THREE = Budget("test", lambda _: "3/minute")


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def spend(budget, times, *key):
    for _ in range(times):
        budget.meter(*key).count()


def test_the_try_after_the_last_is_refused_with_the_time_to_wait(context, clock):
    spend(THREE, 3, "ada")
    with pytest.raises(RateLimited) as refused:
        THREE.meter("ada").count()
    assert refused.value.retry_after_seconds == 60


def test_the_window_ends_and_tries_count_anew(context, clock):
    spend(THREE, 3, "ada")
    clock.tick(seconds=61)
    spend(THREE, 3, "ada")
    with pytest.raises(RateLimited):
        THREE.meter("ada").count()


def test_looking_costs_nothing(context):
    for _ in range(10):
        THREE.meter("ada").check()
    spend(THREE, 3, "ada")
    with pytest.raises(RateLimited):
        THREE.meter("ada").check()


def test_one_key_does_not_spend_what_belongs_to_another(context):
    spend(THREE, 3, "ada", "192.0.2.1")
    THREE.meter("ada", "192.0.2.2").check()
    THREE.meter("ad", "a192.0.2.1").check()


def test_clearing_gives_all_tries_back(context):
    spend(THREE, 3, "ada")
    give_back((), forgotten=[THREE.meter("ada")])
    spend(THREE, 3, "ada")


def test_each_of_several_limits_counts(context, clock):
    both = Budget("test", lambda _: "3/hour; 5/day")
    spend(both, 3, "ada")
    clock.tick(hours=1, seconds=1)
    spend(both, 2, "ada")
    with pytest.raises(RateLimited) as refused:
        both.meter("ada").count()
    assert refused.value.retry_after_seconds > 3600


def test_a_limit_that_is_off_never_refuses(context):
    spend(Budget("test", lambda _: "off"), 50, "ada")


def test_a_count_survives_a_rollback_of_the_request(context):
    from idp.core.db import db

    spend(THREE, 3, "ada")
    db.session.rollback()
    with pytest.raises(RateLimited):
        THREE.meter("ada").check()


def test_of_tries_side_by_side_only_as_many_as_allowed_pass(app):
    assert passed_of_tries_side_by_side(app) == 3


def passed_of_tries_side_by_side(app):
    passed = []

    def one_try():
        with app.app_context(), suppress(RateLimited):
            THREE.meter("ada").count()
            passed.append(1)

    threads = [threading.Thread(target=one_try) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(passed)


def test_nothing_readable_is_kept_of_who_tried(context):
    THREE.meter("ada@example.com").count()
    from idp.core.db import db
    from idp.security.models import Counter

    assert "ada" not in db.session.query(Counter).one().key


@pytest.mark.parametrize(
    ("ip", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "none"),
    ],
)
def test_an_ipv6_site_is_one_address(ip, counted):
    assert network_of(ip) == counted


class TestWithRedis:
    """The counters of all nodes are in Redis."""

    @pytest.fixture
    def environ(self, redis_url):
        return {"IDP_REDIS_URL": redis_url}

    def test_tries_are_counted_and_refused(self, context):
        spend(THREE, 3, "ada")
        with pytest.raises(RateLimited) as refused:
            THREE.meter("ada").count()
        assert 0 < refused.value.retry_after_seconds <= 60
        spend(THREE, 1, "grace")

    def test_of_tries_side_by_side_only_as_many_as_allowed_pass(self, app):
        assert passed_of_tries_side_by_side(app) == 3


class TestWithoutRedis:
    """Redis is configured but does not answer."""

    @pytest.fixture
    def environ(self, tmp_path):
        return {"IDP_REDIS_URL": f"unix://{tmp_path}/nobody-listens"}

    def test_the_process_counts_by_itself(self, context):
        spend(THREE, 3, "ada")
        with pytest.raises(RateLimited):
            THREE.meter("ada").count()
        assert current(Counters).local is not None

    def test_a_budget_that_guards_a_secret_refuses(self, context):
        with pytest.raises(RateLimited):
            Budget("otp", lambda _: "5/hour", fail_closed=True).meter("factor").check()
