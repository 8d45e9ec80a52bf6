"""What every store of sessions does alike: memory, SQL and Redis."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from redis import Redis
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from idp_rp.sessions.stores.memory import MemoryStore
from idp_rp.sessions.stores.redis import RedisStore
from idp_rp.sessions.stores.sql import SqlStore, metadata
from idp_rp.sessions.stores.store import Record
from tests.bff.apps import NAME, Tab, world
from tests.bff.peer import AT_PEER, ISSUER, RefreshingPeer
from tests.redis_servers import running_redis


@pytest.fixture(scope="module")
def redis_url():
    with running_redis() as url:
        yield url


@pytest.fixture
def sql(database_url):
    url = make_url(database_url)
    driver = url.drivername.replace("postgresql", "postgresql+psycopg")
    engine = create_engine(url.set(drivername=driver))
    store = SqlStore(engine)
    store.create_tables()
    yield store
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture(params=["memory", "sql", "redis"])
def store(request, sql, redis_url):
    """One of each kind; asked for by name, so that a run on PostgreSQL has them."""
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        kinds = {"memory": MemoryStore(), "sql": sql, "redis": RedisStore(redis)}
        yield kinds[request.param]


def record(key, *, now, sid="s", sub="u", sealed="x"):
    return Record(key=key, sid=sid, sub=sub, sealed=sealed, ends_at=now + 60)


def test_a_store_keeps_replaces_and_removes_by_every_name(store):
    now = time.time()
    found = lambda: [key for key in "abcd" if store.find(key, now=now)]  # noqa: E731
    store.add(record("a", now=now), now=now)
    store.add(record("b", now=now, sid="t"), now=now)
    store.add(record("c", now=now, sid=None, sub="v"), now=now)
    assert store.replace(record("a", now=now, sealed="y"))
    assert store.find("a", now=now) == "y"
    assert not store.replace(record("d", now=now))
    assert found() == ["a", "b", "c"]
    assert store.remove_named(sid="t", sub="another") == 0
    assert store.remove_named(sid="t", sub="u") == 1
    assert found() == ["a", "c"]
    store.add(record("b", now=now, sid="t"), now=now)
    assert store.remove_named(sid=None, sub="u") == 2
    store.remove("c")
    assert found() == []


def test_a_name_is_claimed_by_one_at_a_time(store):
    now = time.time()

    def claim(owner):
        return store.claim("n", owner=owner, ends_at=now + 60, now=now)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(claim, "abcdefgh")) == 1
    store.release("n", owner="nobody")
    assert not claim("a")
    for owner in "abcdefgh":
        store.release("n", owner=owner)
    assert claim("a")


def test_what_has_ended_is_neither_found_nor_in_the_way(sql):
    store, now = sql, time.time()
    store.add(record("a", now=now), now=now)
    store.claim("n", owner="a", ends_at=now + 60, now=now)
    later = now + 61
    assert store.find("a", now=later) is None
    assert store.claim("n", owner="b", ends_at=later + 60, now=later)
    store.add(record("b", now=later), now=later)
    assert store.find("a", now=now) is None


def test_parallel_calls_of_two_processes_refresh_once(store):
    """Two objects share nothing but the store, as two processes do."""
    peer = RefreshingPeer(lifetime_seconds=-1)
    one, other = (
        world(httpx.MockTransport(peer), store=store, **AT_PEER) for _ in "12"
    )
    one.tab.back(peer.approve(one.tab.start()))
    peer.lifetime_seconds = 300
    real = peer.token

    def slow(form, authorization):
        time.sleep(0.03)
        return real(form, authorization)

    peer.token = slow  # type: ignore[method-assign]

    def call(bff):
        tab = Tab(bff)
        tab.http.cookies.set(NAME, one.tab.cookies[NAME])
        return tab.call("/api/notes/list").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(call, [one.bff, other.bff] * 3)) == {200}
    assert len(peer.refreshes) == 1
    sent = {r.headers["authorization"] for r in one.api.seen + other.api.seen}
    assert len(sent) == 1


def test_a_copy_of_the_store_gives_neither_cookies_nor_tokens(sql):
    peer = RefreshingPeer()
    there = world(httpx.MockTransport(peer), store=sql, **AT_PEER)
    there.tab.back(peer.approve(there.tab.start()))
    (token,) = peer.live
    with sql._engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM bff_sessions").all())
        assert ISSUER not in rows
        assert token not in rows
        assert there.tab.cookies[NAME] not in rows
