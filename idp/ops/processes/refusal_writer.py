"""The thread of a worker that writes what requests were refused."""

import logging
from threading import Event, Thread

from flask import Flask

from idp.core.connections import is_away
from idp.core.context import current, service_of
from idp.security.refusals.book import RefusalBook

log = logging.getLogger(__name__)
GATHER_SECONDS = 0.25
PAUSE_SECONDS = 0.02  # for others who write: SQLite lets in who happens to ask


class RefusalWriter:
    """Begin one in each process after its last fork: a thread does not survive one.

    It sleeps until something is refused. While the database is away it goes on trying;
    what does not fit into the queue meanwhile is the oldest. No error ends it.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._book = service_of(app, RefusalBook)
        self._stopping = Event()
        self._away = False
        self._thread = Thread(target=self._run, name="refusals", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        self._stopping.set()
        self._book.waiting.set()
        self._thread.join()

    def write(self) -> None:
        """Write what waits now; that the database is away is logged once."""
        try:
            with self._app.app_context():
                current(RefusalBook).write(self._pause)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next are written
            self._book.waiting.set()
            self._note(error)
        else:
            self._away = False

    def _note(self, error: Exception) -> None:
        if not is_away(error):
            log.error("refusals lost", exc_info=error)
        elif not self._away:
            log.warning("refusals wait", extra={"error": type(error).__name__})
            self._away = True

    def _pause(self) -> None:
        self._stopping.wait(PAUSE_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._book.waiting.wait()
            self._stopping.wait(GATHER_SECONDS)
            self.write()
