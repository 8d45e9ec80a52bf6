"""The server as one foreground group: web workers, and companions beside them.

The app is built once and forked into the workers, which share its memory. Nothing may
hold a connection or run a thread when ``serve`` is called.
"""

import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial

from flask import Flask

from idp.core.settings.server import ServerSettings
from idp.ops.processes.children import Companion, ForkRules
from idp.ops.processes.ports import await_answer, shared_sockets
from idp.ops.processes.web_worker import STOP_SECONDS, run_web_worker

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve(
    app: Flask,
    server: ServerSettings,
    *,
    companions: Sequence[Companion],
    when_ready: Callable[[], None],
) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP; running requests get 20 s to finish.

    ``when_ready`` runs once, in a process of its own, as soon as the port answers. The
    sockets stay open here: what connects while a worker is started anew is answered.
    """
    sockets = shared_sockets(
        server.listen_host, server.listen_port, count=server.workers
    )
    workers = _workers(app, server, sockets=sockets)
    announcer = Companion(
        "announcer", partial(_announce, server, when_ready), once=True
    )
    group = [*companions, *workers, announcer]
    stop = StopSignals(group)
    ForkRules().install()
    stop.install()
    gc.freeze()  # memory that no collection touches stays shared
    for process in group:
        process.start()
    stop.wait()
    for listening in sockets:
        listening.close()
    stop.finish()


class StopSignals:
    """Ends the group when it is told to."""

    def __init__(self, group: Sequence[Companion]) -> None:
        self._group = group
        self._hangup_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        self._told, self._telling = os.pipe()

    def install(self) -> None:
        """Take over the signals that stop; under ``nohup`` SIGHUP stays ignored."""
        for number in SIGNALS:
            signal.signal(number, self._handle)
        if self._hangup_ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def wait(self) -> None:
        """Wait until told; a signal is noticed whenever it comes, and takes no lock."""
        os.read(self._told, 1)

    def finish(self) -> None:
        """Stop all and wait for them, at most as long as a worker may take."""
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._group:
            process.stop()
        for process in self._group:
            process.join(max(0.0, deadline - time.monotonic()))
        for number in SIGNALS:  # one more must not change the exit status
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, _number: int, _frame: object) -> None:
        for process in self._group:
            process.stop()
        os.write(self._telling, b"!")


def _workers(
    app: Flask, server: ServerSettings, *, sockets: Sequence[socket.socket]
) -> list[Companion]:
    """Return a web worker for each socket; it lets go of the others."""
    return [
        Companion(
            f"web worker {number}",
            partial(
                run_web_worker,
                app,
                server,
                listening=listening,
                others=[one for one in sockets if one is not listening],
            ),
        )
        for number, listening in enumerate(sockets, start=1)
    ]


def _announce(server: ServerSettings, when_ready: Callable[[], None]) -> None:
    """Call ``when_ready`` once the port answers."""
    if await_answer(server.listen_host, server.listen_port):
        when_ready()
