"""A Redis of these tests' own."""

from collections.abc import Iterator

import pytest
from redis import Redis

from tests.redis_servers import running_redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Run a Redis for all of them; yield its URL."""
    with running_redis() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Return the URL of a Redis that holds nothing."""
    with Redis.from_url(redis_server) as redis:
        redis.flushall()
    return redis_server
