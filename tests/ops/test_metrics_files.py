"""Dashboard, alerts and documentation name the metrics that there are."""

import re
from collections.abc import Iterator

import pytest
import yaml

from idp.core.context import service_of, services_of
from idp.core.hashing import HashingSettings
from idp.ops.metrics.collected import Collected
from idp.ops.metrics.looked_up import LookedUp
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.any_database

DOCS = ROOT / "docs"
ALERTS, DASHBOARD = "prometheus-alerts.yml", "grafana-dashboard.json"
ROW = re.compile(r"^\| `(idp_\w+)` \|([^|]*)\|", re.MULTILINE)
NAMED = re.compile(r"\b(idp_\w+)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
OF_HISTOGRAM = re.compile(r"_seconds_(?:bucket|sum|count)$")
ADDED = {"instance", "le"}  # by Prometheus, and to buckets


@pytest.fixture
def environ() -> dict[str, str]:
    return {"IDP_METRICS_TOKEN": "a-token-that-prometheus-alone-knows"}


def documented() -> dict[str, set[str]]:
    """Return the labels of each metric, as operators read of them."""
    text = (DOCS / "operations.md").read_text()
    return {name: set(re.findall(r"`(\w+)`", row)) for name, row in ROW.findall(text)}


def told(app) -> dict[str, set[str]]:
    """Return the labels of each metric that a scrape may have."""
    meters = service_of(app, Collected).meters
    counted = {
        family.name + "_total" * (family.type == "counter"): set(metric._labelnames)
        for metric in meters._registry._collector_to_names
        for family in metric.describe()
    }
    looked_up = LookedUp(service_of(app, HashingSettings)).families(services_of(app))
    return counted | {values.name: set(values.labels) for values in looked_up}


def expressions(document: object) -> Iterator[str]:
    """Yield what a document asks of Prometheus, wherever it stands in there."""
    if isinstance(document, dict):
        yield from (document[key] for key in ("expr", "query") if key in document)
        document = list(document.values())
    if isinstance(document, list):
        for inside in document:
            yield from expressions(inside)


def test_each_metric_is_documented_with_its_labels_and_no_other(app):
    assert told(app) == documented()


@pytest.mark.parametrize("name", [ALERTS, DASHBOARD])
def test_what_is_asked_of_prometheus_exists(name):
    known = documented()
    document = yaml.safe_load((DOCS / "deploy" / name).read_text())  # JSON is YAML
    asked = [found for found in expressions(document) if "idp_" in str(found)]
    assert len(asked) >= 12
    for expression in map(str, asked):
        labels = set(ADDED)
        for metric, matchers in NAMED.findall(expression):
            family = OF_HISTOGRAM.sub("_seconds", metric)
            assert family in known, expression
            labels |= known[family]
            assert set(re.findall(r"(\w+)[!=]~?=?\"", matchers)) <= labels, expression
        for grouped in GROUPED.findall(expression):
            assert set(grouped.split(", ")) <= labels, expression


def test_the_dashboard_shows_each_metric():
    text = (DOCS / "deploy" / DASHBOARD).read_text()
    assert [name for name in documented() if name not in text] == []
