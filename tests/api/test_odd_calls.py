"""Bodies that the document does not allow: refused, with the name of each odd field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.callers import problem
from tests.documented import document, validator_of

UNSTORABLE = ("a\0b", "\ud800", 2**70)  # refused whatever the document says
ODD = (None, True, 0, -1, 1.5, "", "x", "\u202e", "x" * 1300, *UNSTORABLE,
       [], ["x"], [None], {}, {"x": "y"})  # fmt: skip
UNKNOWN = "a_name_of_no_field"

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One operation with one of the shapes of its body."""

    method: str
    path: str
    fields: Json
    takes_any: bool

    def odd_fields(self, value: object) -> set[str]:
        """Return the names that a refusal of a body full of ``value`` has to have."""
        if value in UNSTORABLE:
            return {*self.fields, UNKNOWN}
        wrong = {name for name, kind in self.fields.items() if not holds(kind, value)}
        # a rule that knows where else a field is changed looks when all types are right
        return wrong or (set() if self.takes_any else {UNKNOWN})


def calls(described: Json) -> Iterator[Call]:
    """Yield every operation that may have a body, once for each of its shapes."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            for schema in shapes(operation) if method != "get" else ():
                shape = resolved(described, schema)
                open_to_all = shape.get("additionalProperties", True) is True
                fields = shape.get("properties", {})
                takes_any = open_to_all and "requestBody" in operation
                yield Call(method, path, fields, takes_any)


def shapes(operation: Json) -> list[Json]:
    """Return the alternatives of a body, or an empty object where there is none.

    A file has no fields.
    """
    content = operation.get("requestBody", {}).get("content", {})
    if content and "application/json" not in content:
        return []
    schema = content.get("application/json", {}).get("schema", {})
    return schema.get("oneOf", [schema])


def resolved(described: Json, schema: Json) -> Json:
    """Return what a schema refers to."""
    reference = schema.get("$ref", "").rpartition("/")[2]
    return described["components"]["schemas"].get(reference, schema)


def holds(kind: Json, value: object) -> bool:
    """Tell whether a field's schema allows a value."""
    return validator_of(kind).is_valid(value)


@pytest.fixture
def admin(program, make):
    """A program of an admin, and the id of that user."""
    account = make.users.account(roles=["admin"])
    program.sign_in(account)
    return program, account.id


def test_a_call_under_a_foreign_host_name_is_answered_as_documented(program):
    answer = program.get("/auth/me", headers={"Host": "evil.example"})
    assert problem(answer) == (421, "misdirected_request")


@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value)[:20])
def test_every_odd_field_of_every_operation_is_named(app, admin, value):
    program, user_id = admin
    with app.app_context():
        expected = [(call, call.odd_fields(value)) for call in calls(document())]
    for call, odd in expected:
        path = call.path.replace("{user_id}", user_id)
        body = {**dict.fromkeys(call.fields, value), UNKNOWN: value}
        answer = program.send(call.method.upper(), path, body)
        status, _ = problem(answer)
        where = f"{call.method} {call.path}: {answer.text[:1000]}"
        assert status == (404 if call.takes_any and not odd else 400), where
        named = {error["field"].partition(".")[0] for error in answer.json["errors"]}
        assert odd <= named, where
