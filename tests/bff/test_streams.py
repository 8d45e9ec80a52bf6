"""Answers that pass piece by piece: events, and what is long."""

import httpx
import pytest

from idp_rp.outbound import Unreachable
from idp_rp.settings import Limits
from tests.bff.apps import PAGE, Tab, told_in_turn

LONG = b"x" * 70_000


@pytest.mark.parametrize(
    ("kind", "first"), [("text/event-stream", b"data: 1\n\n"), ("image/png", LONG)]
)
def test_events_and_what_is_long_come_as_they_are_written(build, enter, kind, first):
    there, happened = build(limits=Limits(response_bytes=80_000)), []
    enter(there.tab)
    there.api.answer = told_in_turn(happened, [first, b"2"], kind)
    with there.tab.http.stream("GET", "/bff/api/notes/a", headers=PAGE) as answer:
        assert answer.headers["content-type"] == kind
        pieces = answer.iter_raw()
        assert next(pieces) == first
        assert happened == ["asked for 0"]
        assert list(pieces) == [b"2"]


def test_a_long_answer_breaks_off_where_it_is_too_long_and_events_do_not(build, enter):
    there = build(limits=Limits(response_bytes=100_000))
    enter(there.tab)
    there.api.answer = told_in_turn([], [LONG, LONG], "image/png")
    with pytest.raises(Unreachable, match="too large"):
        there.tab.call("/api/notes/a")
    said = {"Content-Length": "140000"}
    there.api.answer = told_in_turn([], [LONG, LONG], "image/png", **said)
    assert there.tab.call("/api/notes/a").status_code == 502
    there.api.answer = told_in_turn([], [LONG, LONG])
    assert there.tab.call("/api/notes/a").content == LONG * 2


def test_events_end_with_the_token_or_where_nothing_happens(build, enter, monkeypatch):
    there, happened = build(), []
    enter(there.tab)
    passed = iter([0.0, 1.0, 100_000.0])
    monkeypatch.setattr("idp_rp.proxy.forward.time.monotonic", lambda: next(passed))
    there.api.answer = told_in_turn(happened, [b"1", b"2", b"3"])
    assert there.tab.call("/api/notes/a").content == b"12"

    def silent():
        yield b"1"
        raise httpx.ReadTimeout("nothing for a minute")

    monkeypatch.undo()
    events = {"Content-Type": "text/event-stream; charset=utf-8"}
    there.api.answer = lambda _: httpx.Response(200, headers=events, content=silent())
    assert there.tab.call("/api/notes/a").content == b"1"
    asked = there.tab.call("/api/notes/a", headers={"Accept": "text/event-stream"})
    assert asked.status_code == 200
    assert there.api.last.extensions["timeout"]["read"] == Limits().event_seconds


def test_what_is_not_events_is_there_in_time_or_breaks_off(build, enter, monkeypatch):
    there = build()
    enter(there.tab)
    lines, image = "application/x-ndjson", "image/png"
    for kind, pieces, moments in (
        (image, [LONG, b"2", b"3"], [0.0, 1.0, 38.0, 40.0]),
        (lines, [b"{}", b"{}"], [0.0, 200.0, 100_000.0]),
    ):
        there.api.answer = told_in_turn([], pieces, kind)
        passed = iter(moments)
        monkeypatch.setattr("idp_rp.proxy.forward.time.monotonic", passed.__next__)
        with pytest.raises(Unreachable, match="too long"):
            there.tab.call("/api/notes/a")
        assert list(passed) == []
        monkeypatch.undo()


def test_the_oldest_live_answer_of_a_session_makes_room(build, enter):
    there = build(limits=Limits(session_streams=1))
    other = Tab(there.bff)
    enter(there.tab)
    enter(other)
    events, lines = "text/event-stream", "application/x-ndjson"
    there.api.answer = told_in_turn([], [b"1", b"2"])
    with other.http.stream("GET", "/bff/api/notes/a", headers=PAGE) as others:
        unharmed = others.iter_raw()
        assert next(unharmed) == b"1"
        for kind in (events, lines):
            there.api.answer = told_in_turn([], [b"1", b"2"], kind)
            with there.tab.http.stream("GET", "/bff/api/notes/a", headers=PAGE) as old:
                pieces = old.iter_raw()
                assert next(pieces) == b"1"
                newest = there.tab.call("/api/notes/a")
                assert newest.content == b"12"
                if kind == events:
                    assert list(pieces) == []
                else:
                    with pytest.raises(Unreachable, match="stopped"):
                        list(pieces)
        assert list(unharmed) == [b"2"]
