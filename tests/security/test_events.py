"""The list of events, what the code records, and what the design says."""

import ast
import re
from collections.abc import Iterator

import pytest

from idp.security import audit
from idp.security.events import EVENTS, UnlistedEvent
from tests.architecture.sources import ROOT, modules

ALWAYS = {"outcome", "user_id", "client_id"}


def recorded() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield what the code records: an event, an outcome, the keys of details."""
    for path in modules("idp"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            function, name = ast.unparse(call.func), call.args[0]
            if function not in ("audit.record", "audit.note"):
                continue
            if isinstance(name, ast.Constant):
                given = {word.arg: word.value for word in call.keywords if word.arg}
                outcome = given.get("outcome", ast.Constant("ok"))
                assert isinstance(outcome, ast.Constant)
                yield name.value, outcome.value, frozenset(given.keys() - ALWAYS)


def test_what_is_recorded_is_listed():
    found = set(recorded())
    assert found
    for name, outcome, details in found:
        event = EVENTS[name]
        assert event.kept(outcome), name
        assert details <= set(event.details), name


def test_the_design_lists_the_same_events():
    design = (ROOT / "docs/design/security.md").read_text()
    listed = re.search(r"^Events: (.*?)\n\n", design, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`([a-z_.]+)`", listed[1])) == set(EVENTS)


@pytest.mark.parametrize(
    ("name", "outcome", "detail"),
    [
        ("login.okay", "ok", {}),
        ("login.ok", "refused", {}),
        ("login.ok", "ok", {"password": "secret"}),
        ("token.issued", "ok", {}),
    ],
)
def test_what_is_not_listed_is_no_row(app, name, outcome, detail):
    with app.app_context(), pytest.raises(UnlistedEvent):
        audit.record(name, outcome=outcome, **detail)
