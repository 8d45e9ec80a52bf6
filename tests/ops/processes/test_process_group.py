"""How the group of processes is told to stop."""

import signal
from threading import Thread

import pytest

from idp.ops.processes.process_group import StopSignals

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture
def stop():
    """Handle the signals for one test."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    installed = StopSignals(group=())
    installed.install()
    yield installed
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_that_came_before_anybody_waited_ends_the_waiting(stop, number):
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    signal.raise_signal(number)
    signal.raise_signal(number)
    waiting = Thread(target=stop.wait, daemon=True)
    waiting.start()
    waiting.join(5)
    assert not waiting.is_alive()
