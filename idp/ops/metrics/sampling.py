"""What a process counts once a second, and how it stands in it then."""

import time
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, cast

from flask import Flask
from sqlalchemy import QueuePool

from idp.core.connections import Database
from idp.core.context import service_of
from idp.core.hashing import PasswordHashes
from idp.ops.metrics.collected import Collected, Counting
from idp.security.ratelimit.counters import Counters
from idp.web.asgi.front import AsyncFront

if TYPE_CHECKING:
    from idp.ops.metrics.meters import Meters

INTERVAL_SECONDS = 1.0
MOST_EVENTS = 1000  # are kept between
WEB, BACKGROUND = "web", "background"


def note_process(app: Flask, role: str) -> None:
    """Say that this process runs."""
    collected = service_of(app, Collected)
    meters, counting = collected.meters, collected.counting
    if meters and counting:
        counting.write(lambda: meters.processes.of(role).set(1))


class Sampler:
    """Notes it in a web worker, by a thread; does nothing while nothing is counted.

    Begin one in each process after its last fork: a thread does not survive one.
    """

    def __init__(self, app: Flask, front: AsyncFront) -> None:
        self._app = app
        self._front = front
        self._hashes = service_of(app, PasswordHashes)
        self._database = service_of(app, Database)
        self._counters = service_of(app, Counters)

    def start(self) -> None:
        """Begin to note it."""
        collected = service_of(self._app, Collected)
        if collected.meters and collected.counting:
            note_process(self._app, WEB)
            collected.counting.gather(MOST_EVENTS)
            run = partial(self._run, collected.meters, collected.counting)
            Thread(target=run, name="sampler", daemon=True).start()

    def sample(self, meters: "Meters") -> None:
        """Note how it stands now."""
        meters.hashes.of("waiting").set(self._hashes.waiting)
        meters.hashes.of("running").set(self._hashes.running)
        meters.waiting.of("thread").set(self._front.waiting_for_thread)
        meters.waiting.of("database").set(self._front.waiting_for_database)
        meters.counts_apart.of(WEB).set(self._counters.away)
        pool = cast("QueuePool", self._database.engine.pool)
        taken, resting = pool.checkedout(), self._database.lasting.idle
        meters.connections.of("open").set(taken + pool.checkedin())
        meters.connections.of("busy").set(max(0, taken - resting))
        meters.connections.of("most").set(self._database.most_connections)

    def _run(self, meters: "Meters", counting: Counting) -> None:
        while True:
            counting.count()
            counting.write(partial(self.sample, meters))
            time.sleep(INTERVAL_SECONDS)
