"""The ASGI face: who is slow holds no thread, here or in the app that it wraps."""

from functools import partial

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import pytest

from idp_rp.asgi import BffApp
from tests.bff.apps import NAME, PAGE

MANY = 50


def connection(path, *, method="POST", cookies=""):
    """Return the scope of a connection, as a server makes it."""
    headers = {**PAGE, "Cookie": cookies}
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
