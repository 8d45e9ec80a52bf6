"""``idp audit``."""

import json

import pytest


@pytest.fixture(autouse=True)
def groups(idp) -> None:
    for name in ("ops", "dev"):
        idp("groups", "create", name)


def rows(idp, *arguments: str) -> list[dict]:
    return json.loads(idp("audit", *arguments, "--json").output)


def test_events_are_found_by_who_and_what(idp):
    found = rows(idp, "search", "--who", "operator", "--event", "group.created")
    assert [row["detail"]["group"] for row in found] == ["dev", "ops"]
    assert {row["actor"] for row in found} == {"operator"}
    assert rows(idp, "search", "--event", "group.deleted") == []
    assert rows(idp, "search", "--until", "2020-01-01") == []


def test_tail_ends_with_the_newest(idp):
    found = rows(idp, "tail", "--event", "group.created")
    assert [row["detail"]["group"] for row in found] == ["ops", "dev"]
    (last,) = rows(idp, "tail", "--limit", "1", "--event", "group.created")
    assert last == found[-1]


def test_people_read_lines(idp):
    line = idp("audit", "tail", "--event", "group.created").output.splitlines()[-1]
    assert "group.created  ok  operator" in line


def test_a_time_that_is_none_is_a_mistake(idp):
    refused = idp("audit", "search", "--since", "yesterday", status=2)
    assert "--since" in refused.stderr
