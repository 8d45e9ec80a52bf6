"""What an audit row says beside who and when, as lines that people read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Line(NamedTuple):
    """One thing that a row says; ``was`` is None unless it says what it was before."""

    name: str
    was: str | None
    says: str


def lines_of(detail: Mapping[str, Any]) -> list[Line]:
    """Return a line for each thing that changed, and one for all else.

    What a row names as ``changed`` without values has lines of its own already where it
    tells what was ``before`` and ``after``. Its ``subject`` has a column.
    """
    return [*_changes(detail), *_others(detail)]


def _changes(detail: Mapping[str, Any]) -> Iterator[Line]:
    before, after = detail.get("before"), detail.get("after")
    if before is None and after is None:
        return
    if isinstance(before or {}, dict) and isinstance(after or {}, dict):
        before, after = before or {}, after or {}
        for name in {**before, **after}:
            yield Line(name, _text(before.get(name)), _text(after.get(name)))
    else:
        yield Line("changed", _text(before), _text(after))


def _others(detail: Mapping[str, Any]) -> Iterator[Line]:
    told = {"before", "after"} & set(detail)
    elsewhere = {*told, "subject", *(["changed"] if told else [])}
    for name, value in detail.items():
        if name not in elsewhere:
            yield Line(name, None, _text(value))


def _text(value: object) -> str:
    """Return a value as people write it; nothing is a dash."""
    if value is None or value in ([], ""):
        return "\N{EN DASH}"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
