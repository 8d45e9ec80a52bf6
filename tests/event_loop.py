"""The loop that the server has, for tests that need one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")

LONGEST_SECONDS = 120  # a test that waits for what never comes fails

# Playwright keeps a loop running in the thread of the tests, once it was used there.
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="loop")


def run(story: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; all of them run in one thread, one by one."""
    return _THREAD.submit(_run, story).result()


def _run(story: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(asyncio.wait_for(story, LONGEST_SECONDS))
