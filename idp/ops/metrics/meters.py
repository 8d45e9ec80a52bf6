"""The meters of one process, in the classes of ``prometheus_client``.

That is an extra: nobody else but ``filled`` imports it. In a server of several
processes each has files of its own in one folder (``folder``), and whoever is asked
adds them up.
"""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics.exposition import (
    generate_latest as generate_openmetrics,
)
from prometheus_client.registry import Collector

from idp.ops.metrics.families import GaugeValues
from idp.ops.metrics.filled import keep_in_filled_files
from idp.ops.metrics.folder import forget_dead, shared_folder

M = TypeVar("M", Counter, Gauge, Histogram)

MOST_SERIES = 2000  # more names than there are of ours, whatever a mistake lets in
OTHER = "other"
ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
QUEUE_SECONDS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)


class Labelled(Generic[M]):
    """A metric by the values of its labels, kept at hand."""

    def __init__(self, metric: M) -> None:
        self._metric: M = metric
        self._series: dict[tuple[str, ...], M] = {}

    def of(self, *values: str) -> M:
        """Return the series of some values."""
        found = self._series.get(values)
        if found is None:
            full = len(self._series) >= MOST_SERIES
            named = (OTHER,) * len(values) if full else values
            found = self._metric.labels(*named)
            if not full:
                self._series[values] = found
        return found


class Meters:
    """All that is counted, and how it stands in each process.

    To make them, and to write to them, raises OSError where a file cannot grow.
    """

    def __init__(self) -> None:
        keep_in_filled_files()
        self._registry = CollectorRegistry()
        self._count_requests()
        self._count_what_they_did()
        self._measure_hashes()
        self._watch_processes()

    def exposition(
        self, families: Iterable[GaugeValues], *, openmetrics: bool
    ) -> bytes:
        """Return the sum over all processes, and ``families`` beside it."""
        told = CollectorRegistry()
        folder = shared_folder()
        if folder is None:
            told.register(self._registry)
        else:
            forget_dead(folder)
            MultiProcessCollector(told, path=str(folder))  # type: ignore[no-untyped-call] # as it is published
        told.register(_LookedUp(families))
        written = generate_openmetrics if openmetrics else generate_latest
        return written(told)

    def _count_requests(self) -> None:
        self.requests = self._counter(
            "idp_http_requests",
            "Requests that were answered.",
            by=("endpoint", "method", "status"),
        )
        self.durations = Labelled(
            Histogram(
                "idp_http_request_duration_seconds",
                "From when a request was there as a whole to its answer.",
                ("endpoint", "method"),
                registry=self._registry,
                buckets=ANSWER_SECONDS,
            )
        )
        self.refusals = self._counter(
            "idp_refusals",
            "Requests refused, by the check that was not met.",
            by=("check",),
        )
        self.limits = self._counter(
            "idp_limits_reached",
            "Tries that came upon a limit that was used up.",
            by=("limit",),
        )

    def _count_what_they_did(self) -> None:
        self.sign_ins = self._counter(
            "idp_sign_ins",
            "Sign-ins by their first method; outcome ok, refused or limited.",
            by=("method", "outcome"),
        )
        self.tokens = self._counter(
            "idp_tokens_issued", "Access tokens issued.", by=("grant",)
        )
        self.events = self._counter(
            "idp_audit_events",
            "Events of the audit log, with those that are log lines alone.",
            by=("event", "outcome"),
        )

    def _measure_hashes(self) -> None:
        self.hash_queue = Histogram(
            "idp_password_hash_queue_seconds",
            "How long password hashes waited for their turn.",
            registry=self._registry,
            buckets=QUEUE_SECONDS,
        )
        self.hashes_given_up = Counter(
            "idp_password_hashes_given_up",
            "Password hashes that waited in vain and were answered with 503.",
            registry=self._registry,
        )
        self.hashes = self._gauge(
            "idp_password_hashes", "Password hashes that run, or wait.", by="state"
        )

    def _watch_processes(self) -> None:
        self.processes = self._gauge("idp_processes", "Processes that run.", by="role")
        self.waiting = self._gauge(
            "idp_requests_waiting",
            "Requests that wait for a thread, or for a turn at the database.",
            by="turn",
        )
        self.connections = self._gauge(
            "idp_database_connections",
            "Connections of web workers to the database, and how many may be.",
            by="state",
        )
        self.counts_apart = self._gauge(
            "idp_limits_counted_apart",
            "Web workers that count tries alone, because Redis is away.",
            by="role",
        )

    def _counter(
        self, name: str, help_text: str, *, by: tuple[str, ...]
    ) -> Labelled[Counter]:
        return Labelled(Counter(name, help_text, by, registry=self._registry))

    def _gauge(self, name: str, help_text: str, *, by: str) -> Labelled[Gauge]:
        """Return a gauge that is summed over the processes that live."""
        made = Gauge(
            name,
            help_text,
            (by,),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        return Labelled(made)


class _LookedUp(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, families: Iterable[GaugeValues]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """Yield each as a gauge."""
        for name, help_text, labels, values in self._families:
            told = GaugeMetricFamily(name, help_text, labels=labels)
            for names, value in values.items():
                told.add_metric(names, value)
            yield told
