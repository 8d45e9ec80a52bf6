"""Forked processes: none outlives its parent, all end on SIGTERM."""

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from threading import Thread

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1  # linux/prctl.h
RESTART_SECONDS = 1.0
POLL_SECONDS = 0.02
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
FORK = get_context("fork")


class ForkRules:
    """What holds for every process forked from this one, web workers and companions.

    - SIGTERM has its default action until the child sets its own: it would inherit the
      parent's handler, which does nothing there, and never stop. The signal is held
      back during the fork, so that none is lost in between.
    - SIGINT is blocked: a Ctrl-C reaches the whole group, and the parent ends it.
    - The child gets SIGTERM when its parent dies (Linux), so kill -9 leaves no orphan.
    """

    def __init__(self) -> None:
        self.parent = os.getpid()
        linux = sys.platform == "linux"
        self._prctl = ctypes.CDLL(None).prctl if linux else None

    def install(self) -> None:
        """Apply the rules to all forks from now on."""
        os.register_at_fork(
            before=self._before,
            after_in_parent=self._in_parent,
            after_in_child=self._in_child,
        )

    def _before(self) -> None:
        self.parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    def _in_parent(self) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _in_child(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._prctl:
            self._prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != self.parent:
            os._exit(1)  # the parent died before its death could be signalled
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


class Companion:
    """A forked process beside the web workers, started again when it ends by itself.

    One that runs ``once`` is only waited for. Only the watching thread reaps the
    process; everybody else waits for that thread.
    """

    def __init__(
        self, name: str, run: Callable[[], None], *, once: bool = False
    ) -> None:
        self.name = name
        self._run = partial(_run_to_end, run)
        self._once = once
        self._stopping = False
        self._process = FORK.Process(target=self._run, name=name)
        self._watcher = Thread(target=self._watch, name=f"watch {name}", daemon=True)

    def start(self) -> None:
        """Fork the process and watch over it; a stop that came before is heard."""
        self._fork()
        self._watcher.start()

    def stop(self) -> None:
        """Ask the process to end. Safe in a signal handler: it takes no lock."""
        self._stopping = True
        if self._process.pid is not None:  # else whoever forks it now looks again
            self._process.terminate()

    def join(self, timeout_seconds: float) -> None:
        """Wait for the end; a process that takes longer is killed."""
        self._watcher.join(timeout_seconds)
        if self._watcher.is_alive():
            log.warning("process killed: it did not stop", extra={"role": self.name})
            self._process.kill()
            self._watcher.join()

    def _watch(self) -> None:
        self._process.join()
        while not (self._once or self._stops_soon()):
            status = self._process.exitcode
            log.error("process ended", extra={"role": self.name, "status": status})
            self._process = FORK.Process(target=self._run, name=self.name)
            self._fork()
            self._process.join()

    def _fork(self) -> None:
        self._process.start()
        if self._stopping:  # asked before there was a process to be told
            self._process.terminate()

    def _stops_soon(self) -> bool:
        """Wait before a restart; True when the whole group turns out to be ending.

        A signal to the group ends this process before the parent's handler has run.
        """
        deadline = time.monotonic() + RESTART_SECONDS
        while not self._stopping and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return self._stopping


def _run_to_end(run: Callable[[], None]) -> None:
    """Run what a process is for, and write what its log still holds."""
    try:
        run()
    finally:
        logging.shutdown()
