"""One web worker: a process with a loop that receives, and threads that answer."""

import asyncio
import logging
import socket
from collections.abc import Sequence

import uvicorn
from flask import Flask

from idp.core.settings.server import ServerSettings
from idp.ops.processes.cache_watch import CacheWatch
from idp.web.asgi.front import AsyncFront
from idp.web.asgi.protocol import LimitedHead

STOP_SECONDS = 20
IDLE_SECONDS = 75  # longer than proxies keep a connection that nobody uses
MAX_CONNECTIONS = 1024
ACCEPT_SECONDS = 0.05


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
    config = uvicorn.Config(
        AsyncFront(app, threads=server.threads),
        loop="uvloop",
        http=LimitedHead,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level=logging.ERROR,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    PatientServer(config).run(sockets=[listening])


class PatientServer(uvicorn.Server):
    """uvicorn, which takes up all connections that were made before it stops."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening a moment later: who has connected is not cut off."""
        await asyncio.sleep(ACCEPT_SECONDS)
        await super().shutdown(sockets)
