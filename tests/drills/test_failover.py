"""A primary that is killed, frozen or switched over, and a standby that is away."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from tests.drills.nodes import figures
from tests.drills.standbys import replicated
from tests.serving import serving

STATEMENT_SECONDS = 3
LIMIT_SECONDS = 5 + STATEMENT_SECONDS + 2  # a connection, a statement, and some
KEY = "idpk_" + "k" * 64
CALLERS = 4


@dataclass
class Calls:
    """What came of calls: when each was answered, how, and after how long."""

    url: str
    made: list[tuple[float, int, float]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def call(self, number: int) -> None:
        """Make a user, whom nobody may lose once that is answered."""
        began, email = time.monotonic(), f"user-{number}-{len(self.made)}@example.com"
        answer = requests.post(
            f"{self.url}/api/users",
            json={"email": email},
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=60,
        )
        now = time.monotonic()
        if answer.status_code == 201:
            self.kept.append(email)
        self.made.append((now, answer.status_code, now - began))

    def since(self, moment: float) -> list[tuple[float, int, float]]:
        return [made for made in self.made if made[0] >= moment]

    def back_after(self, moment: float) -> float:
        """Wait until one succeeds that was answered later; return how long it took."""
        while not any(status == 201 for _, status, _ in self.since(moment)):
            assert time.monotonic() < moment + 60, self.since(moment)
            time.sleep(0.02)
        return min(at for at, status, _ in self.since(moment) if status == 201) - moment


@contextmanager
def called(url) -> Iterator[Calls]:
    """Call again and again by several callers until the block is left."""
    calls, over = Calls(url), threading.Event()

    def work(number: int) -> None:
        while not over.is_set():
            calls.call(number)
            over.wait(0.02)

    with ThreadPoolExecutor(CALLERS) as callers:
        working = callers.map(work, range(CALLERS))
        try:
            yield calls
        finally:
            over.set()
        list(working)


@contextmanager
def served(folder, database_url):
    environ = {
        "IDP_DATABASE_URL": database_url,
        "IDP_DATABASE_STATEMENT_SECONDS": str(STATEMENT_SECONDS),
        "IDP_BOOTSTRAP_ADMIN_API_KEY": KEY,
        "IDP_WORKERS": "1",
        "IDP_DEMO": "false",
    }
    with serving(folder, environ=environ) as server:
        yield server


def ready(server):
    answer = requests.get(f"{server.url}/readyz", timeout=10)
    return answer.status_code, answer.json()["checks"]["database"], answer.elapsed


def until(server, told):
    """Wait until /readyz says this of the database; return how long it took."""
    began = time.monotonic()
    while (said := ready(server))[1] != told:
        assert time.monotonic() < began + 30, said
        time.sleep(0.05)
    return time.monotonic() - began


def assert_nothing_is_lost(calls, database):
    there = {email for (email,) in database.run("SELECT email FROM users")}
    assert set(calls.kept) <= there


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_primary_that_ends_is_followed_by_its_standby(mode, tmp_path):
    with replicated(synchronous=True) as (primary, standby, url):
        with served(tmp_path, url) as server, called(server.url) as calls:
            calls.back_after(time.monotonic())
            primary.stop(mode)
            moment = time.monotonic()
            standby.promote()
            took = calls.back_after(moment)
            calls.back_after(time.monotonic())
        figures(f"{mode}: back after {took:.2f} s, {len(calls.kept)} kept")
        assert {status for _, status, _ in calls.made} <= {201, 503}
        assert took < 5
        assert_nothing_is_lost(calls, standby)


def test_a_primary_that_is_frozen_is_left(tmp_path):
    with replicated(synchronous=True) as (primary, standby, url):
        with served(tmp_path, url) as server, called(server.url) as calls:
            calls.back_after(time.monotonic())
            with primary.frozen():
                noticed = until(server, "slow")
                frozen_at = time.monotonic()
                while time.monotonic() < frozen_at + LIMIT_SECONDS:
                    time.sleep(0.1)
                standby.promote()
                moment = time.monotonic()
                took = calls.back_after(moment)
                fine = until(server, "ok")
                requests.get(f"{server.url}/healthz", timeout=1)
        longest = max(duration for _, _, duration in calls.made)
        figures(
            f"frozen: slow after {noticed:.2f} s, back {took:.2f} s after the "
            f"promotion, ready {fine:.2f} s later; the longest request {longest:.2f} s"
        )
        assert {status for _, status, _ in calls.made} <= {201, 503}
        assert longest < LIMIT_SECONDS
        assert took < LIMIT_SECONDS
        assert_nothing_is_lost(calls, standby)


def test_a_synchronous_standby_that_is_away_stops_no_probe(tmp_path):
    with replicated(synchronous=True) as (primary, standby, url):
        with served(tmp_path, url) as server, called(server.url) as calls:
            calls.back_after(time.monotonic())
            with standby.frozen():
                noticed = until(server, "slow")
                moment = time.monotonic()
                while len(calls.since(moment)) < 2 * CALLERS:
                    assert requests.get(f"{server.url}/healthz", timeout=1).ok
                    assert ready(server)[2].total_seconds() < 4
            took = calls.back_after(time.monotonic())
            fine = until(server, "ok")
        longest = max(duration for _, _, duration in calls.made)
        figures(
            f"standby away: slow after {noticed:.2f} s, back {took:.2f} s after it is "
            f"back, ready {fine:.2f} s later; the longest request {longest:.2f} s"
        )
        assert {status for _, status, _ in calls.made} <= {201, 503}
        assert longest < LIMIT_SECONDS
        assert_nothing_is_lost(calls, primary)
