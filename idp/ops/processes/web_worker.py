"""One web worker: a process with a loop that receives, and threads that answer."""

import asyncio
import logging
import resource
import socket
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import cast

import uvicorn
from flask import Flask

from idp.core.settings.server import ServerSettings
from idp.ops.processes.cache_watch import CacheWatch
from idp.web.asgi.front import AsyncFront
from idp.web.asgi.protocol import ConnectionRoom, LimitedConnection

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

    The sockets of the ``others`` were inherited, and are closed here.
    """
    for other in others:
        other.close()
    CacheWatch(app).start()
    room = ConnectionRoom(
        min(server.max_connections, max(_descriptors() - OTHER_DESCRIPTORS, 1))
    )
    connection = partial(LimitedConnection, room=room)
    config = uvicorn.Config(
        AsyncFront(app, threads=server.threads, body_seconds=server.body_seconds),
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
    PatientServer(config).run(sockets=[listening])


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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening a moment later: who has connected is not cut off."""
        await asyncio.sleep(ACCEPT_SECONDS)
        await super().shutdown(sockets)
