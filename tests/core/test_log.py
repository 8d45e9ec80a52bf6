"""Log lines as they are written."""

import json
import logging
import os
from io import StringIO
from socket import socketpair

import pytest

from idp.core import log_lines
from idp.core.context import Caller, begin, services_of
from idp.core.db import end_unit
from idp.core.log import Happened, JsonLines, log_event

log = logging.getLogger("idp.tests")
MANY = 1_000


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


def ends_of_a_socket():
    return [end.detach() for end in socketpair()]


@pytest.mark.parametrize("kind", [os.pipe, ends_of_a_socket])
def test_a_reader_that_stands_still_stops_nobody_and_reads_on_later(kind, monkeypatch):
    monkeypatch.setattr(log_lines, "MOST_BYTES", 10_000)
    end, start = kind()
    with os.fdopen(end) as reader, os.fdopen(start, "w") as writer:
        handler = log_lines.open_lines(writer)
        handler.setFormatter(JsonLines())
        for number in range(MANY):
            members = {"number": number, "text": "x" * 1_000}
            handler.handle(Happened("idp.tests", "event", members=members))
        read, dropped = [], 0
        while len(read) + dropped < MANY:
            line = json.loads(reader.readline())
            dropped += line.get("count", 0)
            read += [line["number"]] if "number" in line else []
        handler.close()
    assert read == list(range(len(read)))
    assert dropped > 0
