"""The server as one foreground group: web workers, and companions beside them.

The app is built once and forked into Granian's workers, which share its memory. Nothing
may hold a connection or run a thread when ``serve`` is called.
"""

import gc
import os
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread
from typing import Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from idp.core.settings.server import ServerSettings
from idp.ops.processes.cache_watch import CacheWatch
from idp.ops.processes.children import Companion, ForkRules
from idp.ops.processes.ports import await_answer

STOP_SECONDS = 20
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve(
    app: Flask,
    server: ServerSettings,
    *,
    companions: Sequence[Companion],
    when_ready: Callable[[], None],
) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP; running requests get 20 s to finish.

    ``when_ready`` runs once, in a process of its own, as soon as the port answers.
    Raises SystemExit with status 1 when a worker keeps dying.
    """
    granian = _web_server(server)
    announcer = Companion(
        "announcer", partial(_announce, server, when_ready), once=True
    )
    stop = StopSignals(granian.signal_handler_interrupt, [*companions, announcer])
    ForkRules().install()

    def start() -> None:
        stop.install()
        gc.freeze()  # memory that no collection touches stays shared
        for companion in (*companions, announcer):
            companion.start()

    granian.on_startup(start)
    granian.on_shutdown(stop.finish)
    try:
        granian.serve(target_loader=lambda: _in_worker(app), wrap_loader=False)
    except SystemExit:
        # Signals to the whole group end workers before Granian has asked them to.
        if not stop.requested:
            raise


class StopSignals:
    """Ends the group: companions at once, and then Granian with its workers."""

    def __init__(
        self, stop_workers: Callable[[], None], companions: Sequence[Companion]
    ) -> None:
        self._stop_workers = stop_workers
        self._companions = companions
        self._hangup_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        self._telling = False
        self.requested = False

    def install(self) -> None:
        """Take over Granian's handlers.

        It would answer SIGHUP by starting the workers again, so the server would
        survive its terminal; under ``nohup`` the signal stays ignored.
        """
        for number in SIGNALS:
            signal.signal(number, self._handle)
        if self._hangup_ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def finish(self) -> None:
        """Wait for the companions, at most as long as a worker may take."""
        deadline = time.monotonic() + STOP_SECONDS
        for companion in self._companions:
            companion.stop()
        for companion in self._companions:
            companion.join(max(0.0, deadline - time.monotonic()))
        for number in SIGNALS:  # one more must not change the exit status
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, _number: int, _frame: object) -> None:
        if not self.requested:
            self.requested = True
            for companion in self._companions:
                companion.stop()
        self._tell_granian()

    def _tell_granian(self) -> None:
        """Have Granian stop; a signal that arrives meanwhile has nothing to add.

        Granian sets a ``threading.Event``, whose lock its own thread may hold by then:
        to wait for it inside the handler would be for ever.
        """
        if self._telling:
            return
        self._telling = True
        try:
            self._stop_workers()
        finally:
            self._telling = False


def _web_server(server: ServerSettings) -> Any:
    """Return Granian, not yet listening; its log lines go where all others go."""
    return Server(
        target="idp",
        address=server.listen_host,
        port=server.listen_port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=server.workers,
        blocking_threads=server.threads,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {}},
    )


def _in_worker(app: Flask) -> Flask:
    """Return the app, in a worker that was just forked.

    Its environment holds nothing of ours: Granian copies it into every request's,
    where a variable like HTTP_X_FORWARDED_FOR would pass for a header.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    Thread(target=_stop_once, name="stop", daemon=True).start()
    for name in [name for name in os.environ if name.startswith(("IDP_", "HTTP_"))]:
        del os.environ[name]
    CacheWatch(app).start()
    return app


def _stop_once() -> None:
    """Wait for SIGTERM and pass it to Granian, the first time only.

    A worker can be sent several: to the whole group, by its parent, and one for each
    thread of a parent that is killed. Granian's handler waits for ever at the second.
    A worker whose parent is gone ends itself when its time is over.
    """
    signal.sigwait({signal.SIGTERM})
    handler = signal.getsignal(signal.SIGTERM)
    if callable(handler):
        handler(signal.SIGTERM, None)
        time.sleep(STOP_SECONDS)
    os._exit(0)


def _announce(server: ServerSettings, when_ready: Callable[[], None]) -> None:
    """Call ``when_ready`` once the port answers."""
    if await_answer(server.listen_host, server.listen_port):
        when_ready()
