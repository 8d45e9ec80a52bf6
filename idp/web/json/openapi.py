"""The OpenAPI 3.1 document, made from the models and declarations that run.

It describes the JSON account API; OAuth and OpenID Connect describe themselves in
their discovery document.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from idp import __version__
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.web.browser import csrf
from idp.web.browser.cookies import cookie_names
from idp.web.json.body import JSON, shapes_of
from idp.web.json.lines import NDJSON
from idp.web.json.models import ErrorAnswer, NoFields, Problem
from idp.web.json.openapi_refusals import TEXT, refusal_response, refusals_of
from idp.web.json.operations import VARIABLE, Auth, Operation, operation_of
from idp.web.json.repeats import HEADER, MAX_KEY
from idp.web.json.uploads import FileBody

REF = "#/components/schemas/{model}"
PATH_TYPES = {"int": "integer", "float": "number"}
PROGRAM_PATHS = ("/api/", "/auth/")
PROGRAM_METHODS = frozenset({"PUT", "PATCH", "DELETE"})

Json = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Route:
    """An operation and the name under which Flask knows it."""

    endpoint: str
    operation: Operation


def openapi_document(app: Flask) -> Json:
    """Return the document of a running app (OpenAPI 3.1.1)."""
    server = current(ServerSettings)
    described = _routes(app)
    schemas, definitions = _schemas_of(described)
    paths: dict[str, Json] = {}
    for route in described:
        path = VARIABLE.sub(r"{\2}", route.operation.path)
        item = paths.setdefault(path, {})
        item[route.operation.method.lower()] = _describe(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{server.issuer_name} account API",
            "version": __version__,
            "description": "Errors are RFC 9457 problems. See `/docs/api`.",
        },
        "servers": [{"url": server.issuer}],
        "tags": [{"name": tag} for tag in _tags_of(described)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(definitions.items())),
            "securitySchemes": _security_schemes(),
        },
    }


def undocumented_routes(app: Flask, *, besides: Collection[str] = ()) -> list[str]:
    """Return the routes for programs that the document lacks, as ``METHOD /path``.

    Those are all under /api/ and /auth/, and everywhere what no form can send.
    ``besides`` names the endpoints of pages and of OAuth.
    """
    return [
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if operation_of(rule.endpoint) is None and rule.endpoint not in besides
        for method in sorted(_program_methods(rule))
    ]


def _routes(app: Flask) -> list[Route]:
    """Return all JSON routes of the app, in the order of their registration."""
    found = [
        (rule.endpoint, operation_of(rule.endpoint))
        for rule in app.url_map.iter_rules()
    ]
    return [Route(endpoint, operation) for endpoint, operation in found if operation]


def _tags_of(described: list[Route]) -> list[str]:
    """Return the headings in the order of their first operation."""
    return list(dict.fromkeys(route.operation.tag for route in described))


def _schemas_of(described: list[Route]) -> tuple[dict[Key, Json], Json]:
    """Return the schema of every body and answer, and the models they refer to."""
    wanted: list[tuple[str, str, TypeAdapter[Any]]] = [
        ("problem", "serialization", TypeAdapter(Problem)),
        ("error", "serialization", TypeAdapter(ErrorAnswer)),
    ]
    for endpoint, operation in ((r.endpoint, r.operation) for r in described):
        for number, shape in enumerate(_shapes_of_body(operation)):
            key = f"{endpoint} body {number}"
            wanted.append((key, "validation", TypeAdapter(shape)))
        for status, kind in operation.answers.items():
            if kind is not None:
                key = f"{endpoint} {status}"
                wanted.append((key, "serialization", TypeAdapter(kind)))
    found, rest = TypeAdapter.json_schemas(wanted, ref_template=REF)  # type: ignore[arg-type]
    definitions: Json = rest.get("$defs", {})
    for route in described:
        query = route.operation.query
        if query is not None:
            definitions.update(
                query.model_json_schema(ref_template=REF).get("$defs", {})
            )
    return {(key, mode): schema for (key, mode), schema in found.items()}, definitions


def _shapes_of_body(operation: Operation) -> tuple[Any, ...]:
    """Return the models of a body; a file has none."""
    return () if isinstance(operation.body, FileBody) else shapes_of(operation.body)


def _describe(route: Route, schemas: dict[Key, Json]) -> Json:
    """Return the operation object of one route."""
    operation = route.operation
    described: Json = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": _security_of(operation),
        "parameters": [
            *_path_parameters(operation),
            *_query_parameters(operation),
            *_header_parameters(operation),
        ],
        "requestBody": _request_body(route, schemas),
        "responses": _responses_of(route, schemas),
    }
    return {
        name: value for name, value in described.items() if value or name == "security"
    }


def _request_body(route: Route, schemas: dict[Key, Json]) -> Json | None:
    """Return the request body object, None for operations without one."""
    if route.operation.safe or route.operation.body is NoFields:
        return None
    if isinstance(route.operation.body, FileBody):
        kinds = route.operation.body.media_types
        return {"required": True, "content": {kind: {} for kind in kinds}}
    count = len(shapes_of(route.operation.body))
    found = [schemas[f"{route.endpoint} body {n}", "validation"] for n in range(count)]
    schema = found[0] if count == 1 else {"oneOf": found}
    return {"required": True, "content": {JSON: {"schema": schema}}}


def _responses_of(route: Route, schemas: dict[Key, Json]) -> Json:
    """Return the responses object: answers, "200 + error", refusals."""
    operation = route.operation
    found: dict[str, Json] = {}
    for status, kind in operation.answers.items():
        found[str(status)] = {"description": HTTPStatus(status).phrase}
        if kind is not None:
            schema = schemas[f"{route.endpoint} {status}", "serialization"]
            found[str(status)]["content"] = {JSON: {"schema": schema}}
    if operation.lines:
        item = REF.format(model=operation.lines.__qualname__)
        found[str(operation.success)]["content"][NDJSON] = {"schema": {"$ref": item}}
    if operation.etag and operation.answers[operation.success] is not None:
        found[str(operation.success)]["headers"] = {"ETag": TEXT}
    if operation.declines:
        found["200"] = _with_declines(found.get("200"), operation.declines)
    for status, refusals in refusals_of(operation).items():
        found[str(status)] = refusal_response(refusals)
    return dict(sorted(found.items()))


def _with_declines(answer: Json | None, codes: tuple[str, ...]) -> Json:
    """Return the 200 answer with what it says instead of yes."""
    code = {"properties": {"code": {"enum": list(codes)}}}
    no: Json = {"$ref": REF.format(model="ErrorAnswer"), "properties": {"error": code}}
    schema = {"anyOf": [answer["content"][JSON]["schema"], no]} if answer else no
    return {"description": "OK, or an error", "content": {JSON: {"schema": schema}}}


def _path_parameters(operation: Operation) -> Iterator[Json]:
    """Yield the values in the path."""
    for converter, name in VARIABLE.findall(operation.path):
        schema = {"type": PATH_TYPES.get(converter, "string")}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(operation: Operation) -> Iterator[Json]:
    """Yield the values in the query string."""
    if operation.query is None:
        return
    model = operation.query.model_json_schema(ref_template=REF)
    for name, schema in model.get("properties", {}).items():
        parameter: Json = {"name": name, "in": "query", "schema": schema}
        description = schema.pop("description", None)
        if description:
            parameter["description"] = description
        yield {**parameter, "required": name in model.get("required", [])}


def _header_parameters(operation: Operation) -> Iterator[Json]:
    """Yield what may be sent along: the state that was seen, the key of a repeat."""
    if operation.repeatable:
        schema = {"type": "string", "minLength": 1, "maxLength": MAX_KEY}
        yield {
            "name": HEADER,
            "in": "header",
            "required": False,
            "schema": schema,
            "description": "Any text of the caller's own: for 24 hours the same "
            "request with it is answered as it was before, and does nothing",
        }
    if operation.goes_on:
        schema = {"type": "string", "minLength": 1, "maxLength": MAX_KEY}
        yield {
            "name": HEADER,
            "in": "header",
            "required": False,
            "schema": schema,
            "description": "Any text of the caller's own: for ten minutes the same "
            "request with it goes on as the first answer did",
        }
    if operation.etag and operation.method in PROGRAM_METHODS:
        schema = {"type": "string"}
        yield {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "schema": schema,
            "description": "The `ETag` of what is changed, as the caller has seen it",
        }


def _security_of(operation: Operation) -> list[Json]:
    """Return who may call: nobody in particular, a token, or the cookie."""
    if operation.auth is Auth.NONE:
        return []
    cookie: Json = {"session": []} if operation.safe else {"session": [], "csrf": []}
    ways: list[Json] = [{"bearer": [operation.scope]}, cookie]
    if operation.for_machines:
        ways.append({"machine": []})
    return ways if operation.auth is Auth.SIGNED_IN else [{}, *ways]


def _security_schemes() -> Json:
    """Return what a caller can show."""
    return {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "machine": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key (`idpk_…`), or an access token that a client "
            "got for itself for the resource `<issuer>/admin`.",
        },
        "session": {"type": "apiKey", "in": "cookie", "name": cookie_names().session},
        "csrf": {"type": "apiKey", "in": "header", "name": csrf.HEADER},
    }


def _program_methods(rule: Rule) -> set[str]:
    """Return those methods of a route that only a program would use."""
    methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
    return methods if rule.rule.startswith(PROGRAM_PATHS) else methods & PROGRAM_METHODS
