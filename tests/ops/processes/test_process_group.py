"""How the group of processes is told to stop."""

import signal
from multiprocessing import active_children
from threading import Thread

import pytest

from idp.ops.processes.children import Companion
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


def test_a_stop_that_comes_before_the_fork_ends_the_process(caplog):
    companion = Companion("companion", signal.pause)
    companion.stop()
    companion.start()
    companion.join(5)
    assert active_children() == []
    assert "process killed" not in caplog.text
