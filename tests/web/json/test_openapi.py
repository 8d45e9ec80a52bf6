"""The document and its page, made from a shelf of books."""

import json
import re

import jsonschema_rs
import pytest
import schemathesis
from flask import Blueprint
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from idp.web.json.openapi import undocumented_routes
from tests.web import shelf

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
STATUSES = (200, 201, 202, 400, 403, 409, 413, 415, 421, 429, 503)


@pytest.fixture
def document(program):
    return program.get("/openapi.json").json


def test_it_is_openapi_3_1_of_this_server(document):
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "https://idp.example"}]
    assert {"name": "Shelf"} in document["tags"]


def test_every_reference_leads_somewhere_and_every_schema_is_one(document):
    schemas = document["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in schemas
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)


def test_operations_have_names_of_their_own(document):
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    ]
    assert len(names) == len(set(names)) >= 10


def operation(document, method, path):
    return document["paths"][path][method]


def codes(response) -> list[str]:
    schema = response["content"]["application/problem+json"]["schema"]
    return schema["properties"]["code"]["enum"]


def test_an_operation_says_what_goes_in_and_what_comes_out(document):
    add = operation(document, "post", "/shelf/books")
    assert add["summary"] == "Put a book on the shelf"
    assert add["description"] == "A title stands there once."
    body = add["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/NewBook"}
    assert document["components"]["schemas"]["NewBook"]["required"] == ["title"]
    responses = add["responses"]
    assert set(responses) == set(map(str, STATUSES))
    assert "content" not in responses["202"]
    assert codes(responses["409"]) == ["title_taken"]
    assert codes(responses["400"]) == ["invalid_input", "invalid_json"]
    assert "Retry-After" in responses["429"]["headers"]


def test_a_code_that_several_rules_answer_stands_once(http):
    document = http.get("/openapi.json").text
    lists = [json.loads(found) for found in re.findall(r'"enum":(\[.*?\])', document)]
    assert lists
    assert [codes for codes in lists if len(codes) != len(set(codes))] == []


def test_an_answer_of_200_and_an_error_is_a_schema_of_its_own(document):
    responses = operation(document, "post", "/shelf/books")["responses"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    assert schema["$ref"] == "#/components/schemas/ErrorAnswer"
    code = schema["properties"]["error"]["properties"]["code"]
    assert code == {"enum": ["shelf_full"]}


def test_security_says_token_or_cookie_with_csrf_for_changes(document):
    cookie, change = {"session": []}, {"session": [], "csrf": []}
    books = document["paths"]["/shelf/books/{book_id}"]
    assert books["get"]["security"] == [{"bearer": ["account"]}, cookie]
    assert books["put"]["security"] == [{"bearer": ["account"]}, change]
    me = operation(document, "get", "/shelf/me")
    assert me["security"] == [{}, {"bearer": ["account"]}, cookie]
    assert operation(document, "post", "/shelf/books")["security"] == []
    assert document["components"]["securitySchemes"]["csrf"]["name"] == "X-CSRF-Token"


def test_path_and_query_values_are_parameters(document):
    [book_id] = operation(document, "get", "/shelf/books/{book_id}")["parameters"]
    assert (book_id["name"], book_id["in"], book_id["required"]) == (
        "book_id", "path", True,
    )  # fmt: skip
    found = operation(document, "get", "/shelf/list")["parameters"]
    assert [(one["name"], one["required"]) for one in found] == [
        ("limit", False),
        ("cursor", False),
    ]
    assert found[0]["schema"]["maximum"] == 100


def test_several_shapes_of_a_body_are_alternatives(document):
    body = operation(document, "post", "/shelf/return")["requestBody"]
    assert body["content"]["application/json"]["schema"] == {
        "oneOf": [
            {"$ref": "#/components/schemas/ByCode"},
            {"$ref": "#/components/schemas/ByToken"},
        ]
    }


def test_what_is_left_out_is_neither_required_nor_null(document):
    book = document["components"]["schemas"]["Book"]
    assert book["required"] == ["id", "title", "note"]
    assert book["properties"]["borrower"]["type"] == "string"


def test_it_is_sent_once_and_then_confirmed(program):
    first = program.get("/openapi.json")
    again = program.get(
        "/openapi.json", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = program.get("/openapi.json", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def put_up_bare_routes(app):
    shelf.put_up(app)
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/api/bare", "read", dict, methods=["GET", "POST"])
    bare.add_url_rule("/bare/<name>", "remove", dict, methods=["GET", "DELETE"])
    app.register_blueprint(bare)


@pytest.mark.parametrize("furnish", [put_up_bare_routes])
def test_a_route_for_programs_that_it_lacks_is_found(shelved):
    def found(**options):
        return {r for r in undocumented_routes(shelved, **options) if "/bare" in r}

    with shelved.app_context():
        assert found() == {"GET /api/bare", "POST /api/bare", "DELETE /bare/<name>"}
        assert found(besides={"bare.read"}) == {"DELETE /bare/<name>"}


def test_a_generated_caller_meets_no_undocumented_answer(shelved, bearer):
    schema = schemathesis.openapi.from_wsgi(
        "/openapi.json", shelved, headers={"Host": "idp.example"}
    )
    for operation in schema.include(path_regex="^/shelf").get_all_operations():
        attempt(operation.ok(), {**bearer, "Host": "idp.example"})


def attempt(operation, headers):
    """Try an operation with what its schema allows."""

    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy())
    def run(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
