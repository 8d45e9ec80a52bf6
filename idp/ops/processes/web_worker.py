"""One web worker: a process with a loop that receives, and threads that answer."""

import asyncio
import logging
import resource
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import cast

import uvicorn
from flask import Flask

from idp.core.settings.server import ServerSettings
from idp.ops.metrics.sampling import Sampler
from idp.ops.processes.cache_watch import CacheWatch
from idp.ops.processes.memory import HashMemory
from idp.ops.processes.refusal_writer import RefusalWriter
from idp.web.asgi.front import AsyncFront
from idp.web.asgi.protocol import ConnectionRoom, LimitedConnection
from idp.web.refusals.by_programs import note_no_request

STOP_SECONDS = 20
ACCEPT_SECONDS = 0.05
OTHER_DESCRIPTORS = 96  # databases, files, modules that are read late


def run_web_worker(
    app: Flask,
    server: ServerSettings,
    *,
    listening: socket.socket,
    others: Sequence[socket.socket],
) -> None:
    """Answer what arrives until SIGTERM; running requests get 20 s to finish.

    Before it stops listening, balancers are given time to look elsewhere. The sockets
    of the ``others`` were inherited, and are closed here.
    """
    for other in others:
        other.close()
    CacheWatch(app).start()
    HashMemory(app).start()
    writer = RefusalWriter(app)
    writer.start()
    room = ConnectionRoom(
        min(server.max_connections, max(_descriptors() - OTHER_DESCRIPTORS, 1))
    )
    front = AsyncFront(app, threads=server.threads, body_seconds=server.body_seconds)
    Sampler(app, front).start()

    def leave() -> None:
        front.leave()
        room.closing = True

    connection = partial(
        LimitedConnection, room=room, note=partial(note_no_request, app)
    )
    config = _config(front, connection, server=server)
    patient = PatientServer(config, leave, drain_seconds=server.drains_for_seconds)
    patient.run(sockets=[listening])
    writer.stop()


def _config(
    front: AsyncFront,
    connection: Callable[..., LimitedConnection],
    *,
    server: ServerSettings,
) -> uvicorn.Config:
    """Return what uvicorn does for us, and what it leaves."""
    return uvicorn.Config(
        front,
        loop="uvloop",
        http=cast("type[asyncio.Protocol]", connection),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level=logging.ERROR,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=server.idle_connection_seconds,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _descriptors() -> int:
    """Return how many files a process may have open, having asked for all it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            return hard
    return soft


class PatientServer(uvicorn.Server):
    """uvicorn, which takes up all connections that were made before it stops."""

    def __init__(
        self, config: uvicorn.Config, leave: Callable[[], None], *, drain_seconds: float
    ) -> None:
        super().__init__(config)
        self._leave = leave
        self._drain_seconds = drain_seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening a while later: who has connected is not cut off.

        Until then each connection ends with its next answer, and probes are told so.
        """
        self._leave()
        await asyncio.sleep(max(self._drain_seconds, ACCEPT_SECONDS))
        await super().shutdown(sockets)
