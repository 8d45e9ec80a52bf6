"""How the group of processes is told to stop."""

import signal
from threading import Lock

from idp.ops.processes.process_group import StopSignals


def test_a_signal_that_interrupts_the_stopping_does_not_wait_for_it():
    lock, told = Lock(), []

    def stop_workers() -> None:
        """Hold a lock, as Granian does, while the same signal arrives again."""
        assert lock.acquire(timeout=1)
        told.append("stop")
        if len(told) == 1:
            signal.raise_signal(signal.SIGTERM)
        lock.release()

    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    stop = StopSignals(stop_workers, companions=())
    stop.install()
    try:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, before[number])
    assert stop.requested
    assert told == ["stop", "stop"]
