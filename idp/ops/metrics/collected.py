"""What a process collects for ``/metrics``: nothing, unless a setting asks for it."""

from typing import TYPE_CHECKING

from idp.accounts.events import SessionBegan
from idp.core.events import EventBus
from idp.core.hashing import HashQueued
from idp.ops.metrics.settings import MetricsSettings
from idp.security.audit import Audited
from idp.security.ratelimit.reached import LimitReached
from idp.security.refusals.record import RefusalRecord
from idp.web.http.answered import RequestAnswered

if TYPE_CHECKING:
    from idp.ops.metrics.meters import Meters

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


class Collected:
    """The meters of this process, if there are any."""

    meters: "Meters | None" = None

    def __init__(self, settings: MetricsSettings, bus: EventBus) -> None:
        if settings.on:
            # An extra, read by who asks for metrics alone.
            from idp.ops.metrics.meters import Meters

            self.meters = Meters()
            Counting(self.meters).subscribe(bus)


class Counting:
    """Counts what rules publish.

    All labels are names of ours: no caller can choose one.
    """

    def __init__(self, meters: "Meters") -> None:
        self._meters = meters

    def subscribe(self, bus: EventBus) -> None:
        """Hear all that is counted."""
        bus.subscribe(RequestAnswered, self._count_answer)
        bus.subscribe(SessionBegan, self._count_session)
        bus.subscribe(Audited, self._count_event)
        bus.subscribe(RefusalRecord, self._count_refusal)
        bus.subscribe(LimitReached, self._count_limit)
        bus.subscribe(HashQueued, self._count_hash)

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
