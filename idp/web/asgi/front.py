"""Where each request arrives: an ASGI app around everything that answers.

One thread runs the loop. It reads requests, and answers at once what waits for nobody:
to hand such a request to another thread and its answer back costs more than to answer
it. All else runs in threads and keeps nobody waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import TypeVar

from flask import Flask

from idp.core.connections import Database
from idp.core.context import Caller, MustWait, service_of
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.web.asgi.flask_side import Answer, environ_of, run
from idp.web.asgi.receiving import (
    Gone,
    Receive,
    Received,
    Scope,
    Send,
    receive_request,
)
from idp.web.http.headers import AlwaysSent
from idp.web.http.uploads import body_limit
from idp.web.machine.endpoint import Endpoint, Work
from idp.web.machine.front import with_length
from idp.web.machine.problems import unreadable
from idp.web.machine.programs import Programs
from idp.web.machine.reading import MAX_BODY_BYTES

SLOW_SECONDS = 0.005
THREADS_SECONDS = 10.0

T = TypeVar("T")


class AtOnce:
    """What the loop may answer itself, by what it takes.

    A commit waits for the disk. Where that takes long, threads write for a while.
    """

    def __init__(self, *, embedded: bool) -> None:
        self._most = Work.WRITING if embedded else Work.MEMORY
        self._slow_until = 0.0

    def suits(self, work: Work) -> bool:
        """Tell whether such an answer keeps the loop for a moment only."""
        if work > self._most:
            return False
        return work < Work.WRITING or monotonic() >= self._slow_until

    def measure(self, work: Work, began: float) -> None:
        """Notice how long an answer took that ``began`` then."""
        now = monotonic()
        if work is Work.WRITING and now - began > SLOW_SECONDS:
            self._slow_until = now + THREADS_SECONDS


class AsyncFront:
    """The server as an ASGI app, with so many ``threads`` for what may wait."""

    def __init__(self, app: Flask, *, threads: int) -> None:
        self._app = app
        self._programs = service_of(app, Programs)
        self._always = service_of(app, AlwaysSent)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._at_once = AtOnce(embedded=service_of(app, Database).embedded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; nobody is answered who has left before its end."""
        if scope["type"] != "http":
            return
        endpoint = self._programs.find(scope["path"])
        try:
            received = await receive_request(
                scope, receive, limit=partial(self._limit, scope, endpoint)
            )
        except Gone:
            return
        if endpoint is None:
            answer = await self._ask_flask(received)
        else:
            answer = await self._ask(endpoint, received)
        await _send(answer, to=received, send=send)

    def _limit(self, scope: Scope, endpoint: Endpoint | None) -> int:
        """Return how many bytes of a body are received at a path."""
        if endpoint is not None:
            return MAX_BODY_BYTES
        return body_limit(self._app, scope["path"], method=scope["method"])

    async def _ask(self, endpoint: Endpoint, received: Received) -> Answer:
        """Have an endpoint of programs answer: at once, or in a thread."""
        caller, request = self._read(received)
        respond = partial(
            self._programs.answer,
            endpoint,
            request,
            caller=caller,
            unreadable=received.unreadable,
        )
        work = endpoint.work(request)
        if self._at_once.suits(work):
            began = monotonic()
            try:
                answer = respond(at_once=True)
            except MustWait:
                pass  # nothing was done
            else:
                self._at_once.measure(work, began)
                return self._finish(answer)
        return self._finish(await self._in_thread(respond))

    async def _ask_flask(self, received: Received) -> Answer:
        """Have Flask answer, which says itself what is too large for a view."""
        trouble = received.unreadable
        if trouble and trouble.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return self._finish(unreadable(trouble.status))
        environ = environ_of(received)
        return await self._in_thread(partial(run, self._app.wsgi_app, environ))

    def _read(self, received: Received) -> tuple[Caller, MachineRequest]:
        """Return who sent a request, and the request as a value."""
        scope, headers = received.scope, received.headers
        client = scope["client"]
        caller = self._programs.rules.proxies.caller(
            client[0] if client else None,
            forwarded_for=headers.get("x-forwarded-for"),
            user_agent=headers.get("user-agent"),
        )
        request = MachineRequest(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            headers,
            received.body,
            ip=caller.ip,
            user_agent=caller.user_agent,
        )
        return caller, request

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Run work that may wait."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work)

    def _finish(self, answer: MachineAnswer) -> Answer:
        """Return an answer with the headers that every answer has."""
        headers = self._always.complete(with_length(answer))
        return Answer(answer.status, headers, answer.body)


async def _send(answer: Answer, *, to: Received, send: Send) -> None:
    """Send an answer; HEAD is told its length alone.

    Of a request that could not be read something may be left on the connection.
    """
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers
    ]
    if to.unreadable:
        headers.append((b"connection", b"close"))
    await send(
        {"type": "http.response.start", "status": answer.status, "headers": headers}
    )
    body = b"" if to.scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
