"""Whatever a program sends, it reads what was wrong: 4xx, never 5xx."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DEEP = 5000
ROOM = {"room": "a", "shelf": 1}


def post(program, raw: bytes | str, content_type: str | None = "application/json"):
    return program.post("/shelf/books", data=raw, content_type=content_type)


def errors(answer) -> dict[str, str]:
    """The codes by field of a 400, after a look at the problem itself."""
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem["status"] == 400
    assert problem["request_id"]
    assert problem["type"] == f"urn:idp:problem:{problem['code']}"
    assert all(item["message"].endswith(".") for item in problem["errors"])
    return {item["field"]: item["code"] for item in problem["errors"]}


def test_a_valid_body_reaches_the_view(program):
    body = {
        "title": "Ulysses",
        "printed": "1922-02-02",
        "place": {"room": "a", "shelf": 2},
    }
    answer = program.post("/shelf/books", json=body)
    assert answer.status_code == 201
    assert answer.json == {"id": "7", "title": "Ulysses", "note": None}
    assert answer.headers["Location"].endswith("/shelf/books/7")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "title", "required"),
        ({"title": ""}, "title", "too_short"),
        ({"title": "x" * 41}, "title", "too_long"),
        ({"title": 1}, "title", "wrong_type"),
        ({"title": None}, "title", "wrong_type"),
        ({"title": ["x"]}, "title", "wrong_type"),
        ({"title": "x", "color": 1}, "color", "unknown_field"),
        ({"title": "x", "kind": "poem"}, "kind", "not_allowed"),
        ({"title": "x", "lent": "true"}, "lent", "wrong_type"),
        ({"title": "x", "lent": 1}, "lent", "wrong_type"),
        ({"title": "x", "pages": "12"}, "pages", "wrong_type"),
        ({"title": "x", "pages": 1.5}, "pages", "wrong_type"),
        ({"title": "x", "pages": 2**64}, "pages", "out_of_range"),
        ({"title": "x", "printed": "yesterday"}, "printed", "wrong_format"),
        ({"title": "x", "printed": 19220202}, "printed", "wrong_format"),
        ({"title": "x", "place": "here"}, "place", "wrong_type"),
        ({"title": "x", "place": {"room": "a"}}, "place.shelf", "required"),
        ({"title": "x", "place": ROOM | {"shelf": 10}}, "place.shelf", "out_of_range"),
        ({"title": "x", "place": ROOM | {"y": 1}}, "place.y", "unknown_field"),
        ({"title": "x", "tags": "novel"}, "tags", "wrong_type"),
        ({"title": "x", "tags": ["a", 2]}, "tags.1", "wrong_type"),
        ({"title": "x", "tags": ["a"] * 4}, "tags", "too_long"),
        ({"title": "a\0b"}, "title", "invalid_characters"),
        ({"title": "\ud800"}, "title", "invalid_characters"),
        ({"title": "x", "tags": ["\0"]}, "tags.0", "invalid_characters"),
        ({"title": "x", "\0": 1}, "?", "invalid_characters"),
        ({"title": "x", "\udfff": 1}, "?", "invalid_characters"),
    ],
)  # fmt: skip
def test_each_field_is_told_what_is_wrong_with_it(program, body, field, code):
    answer = post(program, json.dumps(body))
    assert answer.json["code"] == "invalid_input"
    assert errors(answer) == {field: code}


def test_all_mistakes_are_named_at_once(program):
    answer = post(program, '{"kind": "poem", "lent": 0, "a": 1, "b": 2}')
    assert errors(answer) == {
        "title": "required",
        "kind": "not_allowed",
        "lent": "wrong_type",
        "a": "unknown_field",
        "b": "unknown_field",
    }


def test_a_value_is_never_repeated_in_the_answer(program):
    answer = program.post("/shelf/books", json={"title": {"password": "hunter2"}})
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"nothing",
        b"[]",
        b'"text"',
        b"1",
        b"null",
        b'{"title": "x",}',
        b"{'title': 'x'}",
        b'{"title": NaN}',
        b'{"pages": Infinity}',
        b'{"pages": 1' + b"0" * 5000 + b"}",
        b"\xff\xfe{\x00}\x00",
        b'{"title": "\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        b'{"title": "a\nb"}',
        b'{"title": "x"} {}',
        b'{"title": "x", "tags": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b"[" * DEEP,
        b"\0",
        b" ",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_object_is_400(program, raw):
    answer = post(program, raw)
    errors(answer)
    assert answer.json["code"] == "invalid_json"


def test_nesting_has_an_end_before_pythons(program):
    raw = '{"title": "x", "tags": ' + "[" * 100 + "]" * 100 + "}"
    assert errors(post(program, raw)) == {"tags.0.0": "too_deep"}


def test_a_name_given_twice_is_refused(program):
    answer = post(program, '{"title": "a", "title": "b"}')
    assert errors(answer) == {"title": "duplicate"}
    assert answer.json["code"] == "invalid_json"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded; x=y",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/merge-patch+json",
        "text/json",
        None,
    ],
)
def test_only_application_json_is_read(program, bearer, content_type):
    raw = '{"token": "x"}'
    answer = program.post("/shelf/return", data=raw, content_type=content_type)
    assert answer.status_code in (401, 415)
    answer = program.post(
        "/shelf/return", data=raw, content_type=content_type, headers=bearer
    )
    assert answer.status_code == 415
    assert answer.json["code"] == "unsupported_media_type"


def test_a_charset_beside_the_type_does_no_harm(program):
    answer = post(program, '{"title": "x"}', "application/json; charset=utf-8")
    assert answer.status_code == 201


def test_no_body_is_told_what_is_missing(program):
    assert errors(program.post("/shelf/books")) == {"title": "required"}
    assert errors(post(program, "")) == {"title": "required"}


def test_an_operation_without_fields_takes_no_body_or_an_empty_one(program, bearer):
    assert program.post("/shelf/me", headers=bearer).status_code == 200
    assert program.post("/shelf/me", headers=bearer, json={}).status_code == 200
    answer = program.post("/shelf/me", headers=bearer, json={"role": "admin"})
    assert errors(answer) == {"role": "unknown_field"}


def test_a_body_above_64_kilobytes_is_413(program):
    answer = post(program, '{"title": "' + "x" * 70_000 + '"}')
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


def test_many_unknown_fields_make_no_long_answer(program):
    raw = json.dumps({f"field{n}": n for n in range(3000)})
    answer = post(program, raw)
    assert answer.status_code == 400
    assert len(answer.json["errors"]) == 50


@pytest.mark.parametrize(
    "body", [{"email": "a", "code": "b"}, {"token": "c"}], ids=list
)
def test_a_body_may_have_one_of_several_shapes(program, bearer, body):
    answer = program.post("/shelf/return", json=body, headers=bearer)
    assert answer.status_code == 204


@pytest.mark.parametrize(
    "body", [{}, {"email": "a"}, {"token": "c", "code": "b"}], ids=list
)
def test_any_other_shape_is_400_and_names_them(program, bearer, body):
    answer = program.post("/shelf/return", json=body, headers=bearer)
    assert errors(answer) == {"": "unknown_shape"}
    assert "email, code; token" in answer.json["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"x": 1}, {"": "unknown_shape", "x": "unknown_field"}),
        ({"token": "c", "x": 1}, {"x": "unknown_field"}),
        ({"token": 1, "x": 1}, {"token": "wrong_type", "x": "unknown_field"}),
    ],
    ids=repr,
)
def test_a_field_of_no_shape_is_named(program, bearer, body, found):
    answer = program.post("/shelf/return", json=body, headers=bearer)
    assert errors(answer) == found


def test_many_fields_of_no_shape_make_no_long_answer(program, bearer):
    body = {f"field{n}": n for n in range(3000)}
    answer = program.post("/shelf/return", json=body, headers=bearer)
    assert len(answer.json["errors"]) == 50


def test_the_query_is_read_as_text(program):
    answer = program.get("/shelf/search?kind=atlas&lent=true")
    assert answer.json[0]["title"] == "atlas"
    assert answer.json[0]["note"] == "True"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("kind=poem", "kind", "not_allowed"),
        ("lent=perhaps", "lent", "wrong_type"),
        ("color=red", "color", "unknown_field"),
        ("kind=atlas&kind=novel", "kind", "duplicate"),
        ("kind=%00", "kind", "invalid_characters"),
        ("%00=1", "?", "invalid_characters"),
    ],
)
def test_a_bad_query_is_400(program, query, field, code):
    assert errors(program.get(f"/shelf/search?{query}")) == {field: code}


def test_a_change_takes_nothing_from_the_query(program):
    answer = program.post("/shelf/books?password=x", json={"title": "x"})
    assert errors(answer) == {"password": "unknown_field"}
    assert program.get("/shelf/me?utm=x").status_code == 200


@pytest.mark.parametrize("book_id", ["%00", "a%00b"])
def test_a_path_that_no_column_could_hold_is_404(program, bearer, book_id):
    answer = program.get(f"/shelf/books/{book_id}", headers=bearer)
    assert answer.status_code == 404
    assert answer.json["code"] == "not_found"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(raw=st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_body_makes_a_server_error(program, raw):
    assert post(program, raw).status_code in (201, 400)


def test_a_mark_of_byte_order_is_read_over(program):
    answer = program.post(
        "/shelf/books", data=b"\xef\xbb\xbf{}", content_type="application/json"
    )
    assert "title" in {error["field"] for error in answer.json["errors"]}
