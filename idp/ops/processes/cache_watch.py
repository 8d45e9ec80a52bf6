"""The thread of a worker that looks once a second for what it must not keep."""

import logging
import os
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from idp.core.caches.versions import Caches
from idp.core.context import current
from idp.ops.processes.memory import HashMemory, share_one_arena
from idp.ops.processes.refusal_writer import RefusalWriter

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0


class CacheWatch:
    """Begin one in each process after its last fork: a thread does not survive one.

    It writes nothing and holds nothing between two looks, so it may end at any moment.
    While the database is away it goes on trying.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = Event()
        self._away = False
        self._thread = Thread(target=self._run, name="caches", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for that."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Look once; that the database is away is logged once, as any other error."""
        try:
            with self._app.app_context():
                current(Caches).check()
        except Exception as error:
            if not self._away:
                bug = None if isinstance(error, SQLAlchemyError) else error
                facts = {"error": type(error).__name__}
                log.warning("caches unchecked", extra=facts, exc_info=bug)
            self._away = True
        else:
            self._away = False

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(INTERVAL_SECONDS)


class WatchedApp:
    """An app for servers that fork as they like: a first request begins its threads."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inside: Callable[..., Iterable[bytes]] = app.wsgi_app
        self._watched: int | None = None
        self._beginning = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        if self._watched != os.getpid():
            self._begin()
        return self._inside(environ, start_response)

    def _begin(self) -> None:
        with self._beginning:
            if self._watched != os.getpid():
                self._watched = os.getpid()
                share_one_arena()
                CacheWatch(self._app).start()
                HashMemory(self._app).start()
                RefusalWriter(self._app).start()
