"""What a process collects for ``/metrics``: nothing, unless a setting asks for it."""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, get_args

from idp.accounts.events import SessionBegan
from idp.accounts.sessions.proofs import FACTORS, Method
from idp.core.events import EventBus
from idp.core.hashing import HashQueued
from idp.oauth.tokens.issue import Granted
from idp.ops.metrics.settings import MetricsSettings
from idp.ops.refusals import Refusal
from idp.security.audit import Audited
from idp.security.events import EVENTS, NOWHERE, OUTCOMES
from idp.security.ratelimit.reached import LimitReached
from idp.security.refusals.record import RefusalRecord
from idp.web.http.answered import RequestAnswered

if TYPE_CHECKING:
    from idp.ops.metrics.meters import Meters

log = logging.getLogger(__name__)
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
ANOTHER = "another"
# Events that say that a sign-in was refused: by which method, unless they say so.
REFUSED_BY = {
    "login.fail": "password",
    "login.limited": "password",
    "provider.refused": "provider",
    "recovery.used": "recovery_code",
    "totp.used": "totp",
}
SAY_THEIR_METHOD = (Method.PASSKEY.value, Method.MAGIC_LINK.value)


class Collected:
    """The meters of this process and what counts for them, if there are any.

    Raises Refusal where there is no room to write.
    """

    meters: "Meters | None" = None
    counting: "Counting | None" = None

    def __init__(self, settings: MetricsSettings, bus: EventBus) -> None:
        if settings.on:
            # An extra, read by who asks for metrics alone.
            from idp.ops.metrics.meters import Meters

            try:
                self.meters = Meters()
                _begin_at_zero(self.meters)
            except OSError as error:
                raise Refusal(
                    f"Metrics find no room for their files: {error}. Make some, or "
                    "unset IDP_METRICS_TOKEN and IDP_METRICS_LISTEN."
                ) from error
            self.counting = Counting(self.meters)
            self.counting.subscribe(bus)


class Counting:
    """Counts what rules publish.

    To write a number costs a request several microseconds, since by its turn no
    processor has its memory at hand any more. So events are gathered where somebody
    counts them once a second, many at a time; elsewhere each is counted at once.

    All labels are names of ours: no caller can choose one.
    """

    def __init__(self, meters: "Meters") -> None:
        self._meters = meters
        self._gathered: deque[Any] = deque()
        self._most = 1
        self._writing = Lock()
        self._gave_up = False
        self._counters: dict[type[Any], Callable[[Any], None]] = {
            RequestAnswered: self._count_answer,
            SessionBegan: self._count_session,
            Audited: self._count_event,
            RefusalRecord: self._count_refusal,
            LimitReached: self._count_limit,
            HashQueued: self._count_hash,
        }

    def subscribe(self, bus: EventBus) -> None:
        """Hear all that is counted."""
        for kind in self._counters:
            bus.subscribe(kind, self._hear)

    def gather(self, most: int) -> None:
        """Let so many events wait for whoever calls ``count`` from now on."""
        self._most = most

    def count(self) -> None:
        """Count what was gathered; another thread may do so at the same time."""
        with suppress(IndexError):
            while True:
                event = self._gathered.popleft()
                self.write(partial(self._counters[type(event)], event))

    def write(self, act: Callable[[], None]) -> None:
        """Do what writes numbers, and nothing any more once that has failed.

        No request fails because its number cannot be written. One thread writes at a
        time: what failed may leave the files of this process in disorder.
        """
        with self._writing:
            if self._gave_up:
                return
            try:
                act()
            except OSError as error:
                self._gave_up = True
                log.exception("metrics given up", extra={"error": str(error)})

    def _hear(self, event: object) -> None:
        self._gathered.append(event)
        if len(self._gathered) >= self._most:
            self.count()

    def _count_answer(self, event: RequestAnswered) -> None:
        method = event.method if event.method in METHODS else ANOTHER
        endpoint = event.route
        self._meters.requests.of(endpoint, method, str(event.status)).inc()
        self._meters.durations.of(endpoint, method).observe(event.seconds)

    def _count_session(self, event: SessionBegan) -> None:
        self._meters.sign_ins.of(event.method, "ok").inc()

    def _count_event(self, event: Audited) -> None:
        self._meters.events.of(event.event, event.outcome).inc()
        if event.event == "token.issued":
            self._meters.tokens.of(event.detail["grant"]).inc()
        elif event.outcome == "refused" and event.event in REFUSED_BY:
            self._count_refused_sign_in(event)

    def _count_refused_sign_in(self, event: Audited) -> None:
        """Count a sign-in that was refused; to confirm who one is is none."""
        if not event.detail.get("again"):
            method = event.detail.get("method") or REFUSED_BY[event.event]
            limited = event.event == "login.limited"
            self._meters.sign_ins.of(method, "limited" if limited else "refused").inc()

    def _count_refusal(self, record: RefusalRecord) -> None:
        self._meters.refusals.of(record.check).inc()

    def _count_limit(self, event: LimitReached) -> None:
        self._meters.limits.of(event.budget).inc()

    def _count_hash(self, event: HashQueued) -> None:
        self._meters.hash_queue.observe(event.seconds)
        if not event.admitted:
            self._meters.hashes_given_up.inc()


def _begin_at_zero(meters: "Meters") -> None:
    """Begin what alerts look at: a series that begins at 1 has not grown to it."""
    for event, kept in EVENTS.items():
        for outcome in OUTCOMES:
            if kept.kept(outcome) is not NOWHERE:
                meters.events.of(event, outcome)
    for method in FACTORS:
        meters.sign_ins.of(method.value, "ok")
    for name in {*REFUSED_BY.values(), *SAY_THEIR_METHOD}:
        meters.sign_ins.of(name, "refused")
    meters.sign_ins.of("password", "limited")
    for grant in get_args(Granted):
        meters.tokens.of(grant)
