"""Where each request arrives: an ASGI app around everything that answers.

One thread runs the loop. It reads requests, and answers what programs call itself: at
once, or in turns where that asks a database elsewhere. To hand such a request to
another thread and its answer back costs more than to answer it. All else runs in
threads.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from flask import Flask

from idp.core.connections import Database
from idp.core.context import Caller, MustWait, service_of
from idp.core.pool.turns import POSSIBLE, Turns
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.web.asgi.flask_side import BufferedResponse, environ_of, run
from idp.web.asgi.heads import is_known
from idp.web.asgi.receiving import (
    BodyLimits,
    Gone,
    Receive,
    Received,
    Scope,
    Send,
    receive_request,
)
from idp.web.http.answered import ARRIVED
from idp.web.http.headers import AlwaysSent
from idp.web.http.short import Probe, probes, short_paths
from idp.web.http.uploads import body_limit
from idp.web.machine.endpoint import Endpoint
from idp.web.machine.front import AT_ONCE, with_length
from idp.web.machine.programs import Programs, with_reference
from idp.web.machine.reading import MAX_BODY_BYTES

T = TypeVar("T")
log = logging.getLogger(__name__)


class AsyncFront:
    """The server as an ASGI app, with so many ``threads`` for what may wait.

    As many turns of the loop may work with the database at one time. A body that is
    under way for ``body_seconds`` is given up.
    """

    def __init__(self, app: Flask, *, threads: int, body_seconds: float) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._leaving = False
        self._programs = service_of(app, Programs)
        self._always = service_of(app, AlwaysSent)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._most_in_threads = threads
        self._in_threads = 0
        self._short = short_paths(app)
        self._probes = probes(app)
        self._probing = {
            path: ThreadPoolExecutor(1, thread_name_prefix="probe")
            for path in self._probes
        }
        self._turns = Turns(threads) if POSSIBLE else None
        self._embedded = service_of(app, Database).embedded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; nobody is answered who has left before its end."""
        if scope["type"] != "http":
            return
        endpoint = self._programs.find(scope["path"])
        try:
            most = partial(self._most_bytes, endpoint)
            received = await receive_request(
                scope, receive, limits=BodyLimits(self._body_seconds, most)
            )
        except Gone:
            return
        if endpoint is None:
            answer = await self._ask_flask(received)
        else:
            answer = await self._ask(endpoint, received)
        await _send(answer, to=received, send=send)

    @property
    def waiting_for_thread(self) -> int:
        """How many requests wait until a thread is free."""
        return max(0, self._in_threads - self._most_in_threads)

    @property
    def waiting_for_database(self) -> int:
        """How many requests wait until fewer work with the database."""
        return self._turns.waiting if self._turns else 0

    def leave(self) -> None:
        """Tell probes from now on that requests are to go to another node."""
        self._leaving = True

    async def _most_bytes(self, endpoint: Endpoint | None, head: Received) -> int:
        """Return how many bytes of a body are received at a path.

        More than is usual is taken only from who is signed in: else strangers could
        fill the memory.
        """
        if endpoint is not None:
            return MAX_BODY_BYTES
        limit = body_limit(self._app, head.scope["path"], method=head.scope["method"])
        usual: int = self._app.config["MAX_CONTENT_LENGTH"]
        if limit <= usual:
            return limit
        known = await self._in_thread(partial(is_known, self._app, head))
        return limit if known else usual

    async def _ask(self, endpoint: Endpoint, received: Received) -> BufferedResponse:
        """Have an endpoint of programs answer: at once, or in a thread."""
        caller, request = self._read(received)
        respond = partial(
            self._programs.answer,
            endpoint,
            request,
            caller=caller,
            unreadable=received.unreadable,
            arrived=received.arrived,
        )
        answer = await self._attempt(partial(respond, at_once=True))
        if answer is None:
            answer = await self._in_thread(respond)
        return self._finish(answer)

    async def _ask_flask(self, received: Received) -> BufferedResponse:
        """Have Flask answer, which says itself what is too large for a view."""
        trouble = received.unreadable
        if trouble and trouble.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            caller, request = self._read(received)
            return self._finish(
                self._programs.answer_unread(
                    request, status=trouble.status, caller=caller
                )
            )
        scope = received.scope
        if scope["path"] in self._short and scope["method"] == "GET":
            work = partial(self._run_flask, received, at_once=True)
            answer = await self._attempt(work)
            if answer is not None:
                return answer
        probe = self._probes.get(scope["path"])
        if probe is not None and probe.admits(self._app, received.headers):
            return await self._answer_probe(probe, received)
        return await self._in_thread(partial(self._run_flask, received))

    async def _answer_probe(self, probe: Probe, received: Received) -> BufferedResponse:
        """Answer in the thread of a probe, in time in any case."""
        if self._leaving and probe.leaving:
            return self._finish(probe.leaving())
        work = partial(self._run_flask, received)
        thread = self._probing[received.scope["path"]]
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(probe.seconds):
                return await loop.run_in_executor(thread, work)
        except TimeoutError:
            caller, _ = self._read(received)
            return self._finish(with_reference(probe.late(), caller))

    def _run_flask(
        self, received: Received, *, at_once: bool = False
    ) -> BufferedResponse:
        """Have Flask answer in this thread."""
        environ = environ_of(received)
        environ |= {AT_ONCE: at_once, ARRIVED: received.arrived}
        return run(self._app.wsgi_app, environ)

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

    async def _attempt(self, answer: Callable[[], T]) -> T | None:
        """Answer on the loop's thread; None where it would be held up.

        Nothing was done then. Where it asks a database elsewhere it steps aside.
        """
        try:
            if self._embedded:
                return answer()
            return await self._turns.take(answer) if self._turns else None
        except MustWait:
            return None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Run work that may wait."""
        loop = asyncio.get_running_loop()
        self._in_threads += 1
        try:
            return await loop.run_in_executor(self._threads, work)
        finally:
            self._in_threads -= 1

    def _finish(self, answer: MachineAnswer) -> BufferedResponse:
        """Return an answer with the headers that every answer has."""
        headers = self._always.complete(with_length(answer))
        return BufferedResponse(answer.status, headers, answer.body)


async def _send(answer: BufferedResponse, *, to: Received, send: Send) -> None:
    """Send an answer; HEAD is told its length alone.

    Of a request that could not be read something may be left on the connection.
    """
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers
    ]
    if to.unreadable:
        headers.append((b"connection", b"close"))
    body = b"" if to.scope["method"] == "HEAD" else answer.body
    try:
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})
    except RuntimeError as gone:  # so uvloop calls a connection that was just lost
        log.info("answer not sent", extra={"reason": str(gone)})
