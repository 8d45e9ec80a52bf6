"""The ASGI face: who is slow holds no thread, here or in the app that it wraps."""

import socket
import threading
from functools import partial
from itertools import repeat

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import pytest

from idp_rp.asgi import BffApp
from idp_rp.outbound import Unreachable
from idp_rp.settings import Api, Limits
from tests.bff.apps import NAME, PAGE, told_in_turn

MANY = 50


def connection(path, *, method="POST", cookies="", accept="*/*"):
    """Return the scope of a connection, as a server makes it."""
    headers = {**PAGE, "Cookie": cookies, "Accept": accept}
    return {
        "type": "http",
        "method": method,
        "path": f"/bff{path}",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }


async def status_of(app, scope, piece, *, more):
    """Send the first piece of a body; what ``more`` there is never comes."""
    pieces, statuses = [piece], []

    async def receive():
        if not pieces:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": pieces.pop(), "more_body": more}

    async def send(message):
        statuses.append(message.get("status"))

    await app(scope, receive, send)
    return statuses[0]


@pytest.mark.parametrize(
    ("path", "piece"), [("/backchannel-logout", b"a"), ("/api/notes/a", b"a" * 70_000)]
)
def test_bodies_that_do_not_come_stop_nobody_else(build, enter, path, piece):
    there = build()
    enter(there.tab)
    cookies = f"{NAME}={there.tab.cookies[NAME]}"
    app = BffApp(there.bff)

    async def besieged():
        async with anyio.create_task_group() as group:
            slow = connection(path, cookies=cookies)
            for _ in range(MANY):
                group.start_soon(partial(status_of, app, slow, piece, more=True))
            await anyio.wait_all_tasks_blocked()
            with anyio.fail_after(10):
                user = connection("/user", method="GET", cookies=cookies)
                status = await status_of(app, user, b"", more=False)
            borrowed = anyio.to_thread.current_default_thread_limiter().borrowed_tokens
            group.cancel_scope.cancel()
        return status, borrowed

    assert anyio.run(besieged) == (200, 0)


def test_a_call_borrows_no_thread_of_the_app(build, enter):
    there = build(face="asgi")
    enter(there.tab)
    limiter = anyio.to_thread.current_default_thread_limiter

    def borrowed(_request):
        count = anyio.from_thread.run_sync(lambda: limiter().borrowed_tokens)
        return httpx.Response(200, json=count)

    there.api.answer = borrowed
    assert there.tab.call("/api/notes/a").json() == 0


async def listen(app, cookies, happened, *, until=None, stuck_at=None, accept="*/*"):
    """Call the API; note what comes, and be gone, or stuck, once that came."""
    gone, asked = anyio.Event(), iter([{"type": "http.request"}])

    async def receive():
        for message in asked:
            return message
        await gone.wait()
        await anyio.sleep(0.005)  # by now the next piece is waited for
        return {"type": "http.disconnect"}

    async def send(message):
        happened.append(message.get("status") or message["body"])
        if happened[-1] == until:
            gone.set()
        if happened[-1] == stuck_at:
            await anyio.sleep_forever()

    scope = connection("/api/notes/a", method="GET", cookies=cookies, accept=accept)
    with anyio.fail_after(10):
        await app(scope, receive, send)


def test_events_come_as_they_are_written_until_the_page_is_gone(build, enter):
    there, happened = build(), []
    enter(there.tab)
    cookies = f"{NAME}={there.tab.cookies[NAME]}"
    there.api.answer = told_in_turn(happened, [b"1", b"2"])
    anyio.run(partial(listen, BffApp(there.bff), cookies, happened))
    assert happened == [200, "asked for 0", b"1", "asked for 1", b"2", b""]
    for kind in ("text/event-stream", "application/x-ndjson"):
        there.api.answer = told_in_turn(happened, repeat(b"3"), kind)
        anyio.run(partial(listen, BffApp(there.bff), cookies, happened, until=b"3"))
        assert happened[-1] != b"", "it did not end by itself"
    full = BffApp(there.bff, streams=0)
    del happened[:]
    anyio.run(partial(listen, full, cookies, happened))
    assert happened[0] == 503
    assert happened[1] == b'{"error": "busy"}'


def stalled(stalling, enough, *, beginning):
    """Answer with a beginning, and with nothing more until there was enough of that."""

    def wait():
        stalling.set()
        enough.wait(10)

    def pieces():
        yield beginning
        wait()

    def answer(_request):
        if not beginning:
            wait()
        return httpx.Response(200, content=pieces())

    return answer


@pytest.mark.parametrize(
    ("beginning", "accept"), [(b"x" * 70_000, "*/*"), (b"", "text/event-stream")]
)
def test_an_answer_that_stalls_stops_nobody_else(build, enter, beginning, accept):
    there = build()
    enter(there.tab)
    cookies = f"{NAME}={there.tab.cookies[NAME]}"
    stalling, enough = threading.Event(), threading.Event()
    there.api.answer = stalled(stalling, enough, beginning=beginning)
    app = BffApp(there.bff, threads=1, streams=1)

    async def besieged():
        async with anyio.create_task_group() as group:
            group.start_soon(partial(listen, app, cookies, [], accept=accept))
            await anyio.to_thread.run_sync(stalling.wait)
            user = connection("/user", method="GET", cookies=cookies)
            with anyio.fail_after(5):
                status = await status_of(app, user, b"", more=False)
            more = []
            if not beginning:
                await listen(app, cookies, more, accept=accept)
            enough.set()
        return status, more[:1]

    assert anyio.run(besieged) == (200, [] if beginning else [503])


def test_a_page_that_takes_nothing_ends_its_answer(build, enter, monkeypatch):
    there, happened = build(), []
    enter(there.tab)
    monkeypatch.setattr("idp_rp.asgi.PAGE_SECONDS", 0.001)
    cookies = f"{NAME}={there.tab.cookies[NAME]}"
    there.api.answer = told_in_turn(happened, repeat(b"1"))
    with pytest.raises(Unreachable, match="stopped reading"):
        anyio.run(partial(listen, BffApp(there.bff), cookies, happened, stuck_at=b"1"))
    assert happened == [200, "asked for 0", b"1"]


def test_a_page_that_is_gone_keeps_no_thread_that_waits_for_an_event(build, enter):
    """The API is a true server here: none but a true connection can be hung up."""
    listener = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    there = build(
        apis={"notes": Api(base)},
        others={"127.0.0.1": httpx.HTTPTransport(verify=False)},
        limits=Limits(api_seconds=6),
    )
    enter(there.tab)
    cookies, left = f"{NAME}={there.tab.cookies[NAME]}", []

    def serve():
        connection, _ = listener.accept()
        connection.settimeout(3)
        with connection, connection.makefile("rwb", buffering=0) as stream:
            while stream.readline().strip():
                pass
            stream.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n1")
            left.append(stream.read())  # waits for the end

    server = threading.Thread(target=serve)
    server.start()
    app = BffApp(there.bff, streams=1)
    with listener:
        anyio.run(partial(listen, app, cookies, [], until=b"1"))
        server.join(10)
    assert left == [b""]
