"""What waits for another writer of the database keeps no other request waiting."""

import asyncio
from urllib.parse import urlencode

import pytest

from idp.core.connections import Database
from idp.core.context import service_of
from idp.web.asgi.front import AsyncFront
from tests.event_loop import run
from tests.web.asgi.calls import HOST, Call, refresh_request

pytestmark = pytest.mark.usefixtures("http")

LOCK = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "LOCK TABLE interactions, refresh_families IN EXCLUSIVE MODE",
}


@pytest.fixture
def front(app):
    return AsyncFront(app, threads=2, body_seconds=10)


@pytest.fixture
def other(app):
    """A connection of another writer."""
    opened = service_of(app, Database).engine.raw_connection()
    yield opened
    opened.close()


@pytest.fixture
def lock(app, other):
    """Hold up whoever writes, until ``other`` is done."""
    kind = service_of(app, Database).engine.dialect.name

    def hold():
        other.cursor().execute(LOCK[kind])

    return hold


def keys():
    return Call("/.well-known/jwks.json", "GET", headers=[HOST])


async def side_by_side(call, front, *, other):
    """Make a request and others; let the writer that holds it up be done after those.

    Tell whether it was waiting until then.
    """
    task = asyncio.create_task(call.made(front))
    for _ in range(20):
        passing = keys()
        await passing.made(front)
        assert passing.status == 200
    waiting = not task.done()
    other.rollback()
    await task
    return waiting


def test_a_refresh(front, make, lock, other):
    client = make.clients.spa()
    call = refresh_request(client, make.tokens.refresh_token(client))
    run(keys().made(front))
    lock()
    assert run(side_by_side(call, front, other=other))
    assert call.status == 200, call.json


def test_an_authorization_request(front, make, lock, other):
    client = make.clients.spa()
    asks = {
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }
    call = Call(
        "/oauth2/authorize", "GET", headers=[HOST], query=urlencode(asks).encode()
    )
    run(keys().made(front))
    lock()
    assert run(side_by_side(call, front, other=other))
    assert call.status == 302
    assert call.answer_headers["location"].startswith("/login")


def test_more_refreshes_than_may_work_with_the_database(front, make, lock, other):
    client = make.clients.spa()
    calls = [
        refresh_request(client, make.tokens.refresh_token(client)) for _ in range(6)
    ]
    run(keys().made(front))

    async def story():
        lock()
        tasks = [asyncio.create_task(call.made(front)) for call in calls]
        await side_by_side(keys(), front, other=other)
        for task in tasks:
            await task

    run(story())
    assert [call.status for call in calls] == [200] * 6


HELD = {
    "sqlite": "BEGIN EXCLUSIVE",  # who reads waits for nobody
    "postgresql": "LOCK TABLE alembic_version",
}
TOLD = {"sqlite": "ok", "postgresql": "slow"}


def test_a_probe_is_answered_while_the_database_does_not_answer(front, app, other):
    kind = service_of(app, Database).engine.dialect.name
    other.cursor().execute(HELD[kind])
    call = Call("/readyz", "GET", headers=[HOST])
    run(call.made(front))
    assert call.json["checks"]["database"] == TOLD[kind]
    if call.status == 503:
        assert call.answer_headers["retry-after"] == "2"
    other.rollback()
    after = Call("/readyz", "GET", headers=[HOST])
    run(after.made(front))
    assert after.json["checks"]["database"] == "ok"
