"""Log lines as they are written."""

import json
import logging
from io import StringIO

import pytest

from idp.core.context import Caller, begin, services_of
from idp.core.db import end_unit
from idp.core.log import JsonLines, log_event

log = logging.getLogger("idp.tests")


@pytest.fixture
def written():
    """What the log is written to."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield stream
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def lines(written):
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_has_the_members_of_its_event(written):
    log_event(log, "token.issued", client_id="app", user_id=None)
    (line,) = lines(written)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "idp.tests",
        "message": "token.issued",
        "client_id": "app",
        "user_id": None,
    }


def test_extra_fields_of_other_records_are_members_too(written):
    log.warning("mail failed", extra={"tries": 3})
    assert lines(written)[0]["tries"] == 3


def test_no_value_forges_a_second_line(written):
    log_event(log, "token.issued", client_id='app"}\n{"level": "error')
    assert len(lines(written)) == 1


def test_a_line_of_a_request_has_its_id(written, app):
    unit = begin(services_of(app), caller=Caller(request_id="the-request"))
    log_event(log, "token.issued")
    end_unit(unit)
    log_event(log, "job.done")
    assert [line.get("request_id") for line in lines(written)] == ["the-request", None]


def test_what_is_not_logged_makes_no_record(written):
    log.setLevel(logging.WARNING)
    log_event(log, "token.issued")
    assert lines(written) == []
