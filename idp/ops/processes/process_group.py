"""The server as one foreground group: web workers, and companions beside them.

The app is built once and forked into the workers, which share its memory. Nothing may
hold a connection or run a thread when ``serve`` is called.
"""

import gc
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType

from flask import Flask

from idp.core.settings.server import ServerSettings
from idp.ops.processes.children import Companion, ForkRules
from idp.ops.processes.memory import give_back, share_one_arena
from idp.ops.processes.ports import await_answer, shared_sockets
from idp.ops.processes.supervisor import has_terminal, notify
from idp.ops.processes.web_worker import STOP_SECONDS, run_web_worker

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SignalHandler = Callable[[int, FrameType | None], None] | signal.Handlers


def serve(
    app: Flask,
    server: ServerSettings,
    *,
    companions: Sequence[Companion],
    when_ready: Callable[[], None],
) -> None:
    """Run until SIGTERM or SIGINT; running requests get 20 s to finish.

    SIGHUP ends it with its terminal; without one it is said and passed over, because
    some send it for settings to be read again.

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
    share_one_arena()
    give_back()
    gc.freeze()  # memory that no collection touches stays shared
    for process in group:
        process.start()
    stop.wait()
    notify("STOPPING=1")
    for listening in sockets:
        listening.close()
    stop.finish(within_seconds=STOP_SECONDS + server.drains_for_seconds)


class StopSignals:
    """Ends the group when it is told to."""

    def __init__(self, group: Sequence[Companion]) -> None:
        self._group = group
        self._hangup = self._hangup_handler()
        self._told, self._telling = os.pipe()

    def install(self) -> None:
        """Take over the signals that stop; under ``nohup`` SIGHUP stays ignored."""
        for number in SIGNALS:
            signal.signal(number, self._handle)
        signal.signal(signal.SIGHUP, self._hangup)

    def wait(self) -> None:
        """Wait until told; a signal is noticed whenever it comes, and takes no lock."""
        os.read(self._told, 1)

    def finish(self, *, within_seconds: float) -> None:
        """Stop all and wait for them, at most as long as a worker may take."""
        deadline = time.monotonic() + within_seconds
        for process in self._group:
            process.stop()
        for process in self._group:
            process.join(max(0.0, deadline - time.monotonic()))
        for number in SIGNALS:  # one more must not change the exit status
            signal.signal(number, signal.SIG_IGN)

    def _hangup_handler(self) -> SignalHandler:
        """Return what SIGHUP does; under ``nohup`` it stays ignored."""
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
            return signal.SIG_IGN
        return self._handle if has_terminal() else _pass_over

    def _handle(self, _number: int, _frame: object) -> None:
        for process in self._group:
            process.stop()
        os.write(self._telling, b"!")


def _pass_over(_number: int, _frame: object) -> None:
    """Say that a signal does nothing; it comes between any two lines of the parent."""
    if select.select([], [2], [], 0)[1]:  # who reads the log may stand still
        os.write(2, b"SIGHUP is passed over: settings are read at start alone\n")


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
    """Tell the supervisor once the port answers, then call ``when_ready``."""
    if await_answer(server.listen_host, server.listen_port):
        notify("READY=1")
        when_ready()
