import threading
from contextlib import suppress
from socket import AF_UNIX, socket
from tempfile import TemporaryDirectory

import pytest
from redis import Redis

from idp.core.context import current
from idp.core.errors import RateLimited
from idp.security.ratelimit.counters import LEFT_ALONE, Counters
from idp.security.ratelimit.meters import Budget, give_back, network_of
from idp.security.ratelimit.redis_storage import open_redis, refusal_of
from tests.issuer import ISSUER

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

    def test_what_is_counted_for_days_outlives_it(self, context, redis_url):
        run = Budget("run", lambda _: "9/minute; 3/day")
        spend(run, 3, "ada")
        with Redis.from_url(redis_url) as redis:
            redis.flushall()
        with pytest.raises(RateLimited):
            run.meter("ada").check()
        give_back([run.meter("ada")])
        spend(run, 1, "ada")
        with pytest.raises(RateLimited):
            run.meter("ada").count()
        give_back((), forgotten=[run.meter("ada")])
        run.meter("ada").check()


def connections_to(listening):
    """Return how many connected meanwhile."""
    listening.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listening.accept()[0].close()
            count += 1
    return count


class TestWithARedisThatCannotBeWritten:
    """A replica after a fail-over, or one whose memory is full."""

    @pytest.fixture(params=["replica", "full"])
    def redis(self, request, redis_url):
        with Redis.from_url(redis_url) as redis:
            if request.param == "replica":
                redis.replicaof("127.0.0.1", "1")
            else:
                redis.config_set("maxmemory", 1)
            yield redis
            redis.replicaof("no", "one")
            redis.config_set("maxmemory", 0)

    @pytest.fixture
    def environ(self, redis_url):
        return {"IDP_REDIS_URL": redis_url}

    def test_the_process_counts_by_itself_and_looks_where_it_counts(
        self, redis, context, clock
    ):
        spend(THREE, 3, "ada")
        clock.tick(seconds=LEFT_ALONE.seconds)
        with pytest.raises(RateLimited):
            THREE.meter("ada").check()
        give_back((), forgotten=[THREE.meter("ada")])
        THREE.meter("ada").check()

    def test_what_was_counted_meanwhile_counts_on(self, redis, context, clock):
        spend(THREE, 2, "ada")
        redis.replicaof("no", "one")
        redis.config_set("maxmemory", 0)
        clock.tick(seconds=LEFT_ALONE.seconds)
        spend(THREE, 1, "ada")
        with pytest.raises(RateLimited):
            THREE.meter("ada").count()

    def test_probes_say_so(self, redis, http):
        assert http.get("/readyz").json["checks"]["counters"] == "degraded"


class TestWithAFrozenRedis:
    """It takes connections and answers nothing."""

    @pytest.fixture
    def frozen(self):
        """A socket that nobody reads."""
        with TemporaryDirectory(dir="/tmp") as folder, socket(AF_UNIX) as listening:
            listening.bind(f"{folder}/redis.sock")
            listening.listen()
            yield f"{folder}/redis.sock", listening

    @pytest.fixture
    def environ(self, frozen):
        return {"IDP_REDIS_URL": f"unix://{frozen[0]}"}

    def test_it_is_waited_for_once_and_then_left_alone(self, frozen, context, clock):
        spend(THREE, 3, "ada")
        assert current(Counters).away
        with pytest.raises(RateLimited):
            THREE.meter("ada").check()
        assert connections_to(frozen[1]) == 2  # once more, and never again
        clock.tick(seconds=LEFT_ALONE.seconds)
        assert not current(Counters).away


class TestTwoInstallations:
    """They share a Redis."""

    @pytest.fixture
    def environ(self, redis_url):
        return {"IDP_REDIS_URL": redis_url}

    def test_each_counts_for_itself(self, redis_url, context):
        spend(THREE, 3, "ada")
        other = open_redis(redis_url, installation="https://other.example")
        (key,) = THREE.meter("ada").counters()
        assert other.get(key) == 0
        assert current(Counters).shared.get(key) == 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("?db=99", "DB index is out of range"),
        ("?colour=blue", "colour"),
        ("", None),
    ],
)
def test_what_a_redis_will_never_take_is_told(redis_url, more, words):
    refusal = refusal_of(redis_url + more, installation=ISSUER)
    assert words in refusal if words else refusal is None


def test_a_wrong_password_is_told_and_a_redis_that_is_away_is_not(redis_url, tmp_path):
    with Redis.from_url(redis_url) as redis:
        redis.config_set("requirepass", "right")
        try:
            for user in ("", ":wrong@"):
                url = redis_url.replace("unix://", f"unix://{user}")
                refusal = refusal_of(url, installation=ISSUER)
                assert "write its user and password into the URL" in refusal
        finally:
            redis.config_set("requirepass", "")
    assert refusal_of(f"unix://{tmp_path}/nobody", installation=ISSUER) is None


class TestWithoutRedis:
    """Redis is configured but does not answer."""

    @pytest.fixture
    def environ(self, tmp_path):
        return {"IDP_REDIS_URL": f"unix://{tmp_path}/nobody-listens"}

    def test_the_process_counts_by_itself(self, context):
        spend(THREE, 3, "ada")
        with pytest.raises(RateLimited):
            THREE.meter("ada").count()
        assert current(Counters).fell_back

    def test_a_budget_that_guards_a_secret_refuses(self, context):
        with pytest.raises(RateLimited):
            Budget("otp", lambda _: "5/hour", fail_closed=True).meter("factor").check()
