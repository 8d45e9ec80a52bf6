"""The OpenAPI document as a person reads it (pure: the document in, rows out)."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from idp.web.json.body import JSON
from idp.web.json.openapi_refusals import PROBLEM_JSON

Json = dict[str, Any]
MAX_DEPTH = 4
SAMPLES: dict[str, Any] = {
    "string": "…",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "null": None,
}


@dataclass(frozen=True)
class Field:
    """A value in the path, the query or the body."""

    name: str
    kind: str
    place: str
    required: bool
    description: str


@dataclass(frozen=True)
class Outcome:
    """A status, what it means, and the codes that a program can match on."""

    status: str
    description: str
    kind: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """One operation; ``access`` is ``anyone``, ``optional`` or ``signed_in``."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    access: str
    fields: tuple[Field, ...]
    outcomes: tuple[Outcome, ...]
    curl: str


@dataclass(frozen=True)
class OperationGroup:
    """The operations under one heading."""

    name: str
    anchor: str
    operations: tuple[Shown, ...]


def groups_of(document: Json) -> list[OperationGroup]:
    """Return all operations by heading."""
    shown = [
        (operation["tags"][0], _show(document, path, method=method, of=operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    names = [tag["name"] for tag in document["tags"]]
    return [
        OperationGroup(
            name, f"part-{number}", tuple(one for tag, one in shown if tag == name)
        )
        for number, name in enumerate(names, start=1)
    ]


def _show(document: Json, path: str, *, method: str, of: Json) -> Shown:
    """Return one operation as it is shown."""
    return Shown(
        anchor=of["operationId"],
        method=method.upper(),
        path=path,
        summary=of["summary"],
        description=of.get("description", ""),
        access=_access_of(of),
        fields=(*_parameters(of), *_body_fields(document, of)),
        outcomes=tuple(_outcomes(of)),
        curl=_curl(document, path, method=method.upper(), operation=of),
    )


def _access_of(operation: Json) -> str:
    """Return who may call."""
    if not operation["security"]:
        return "anyone"
    return "optional" if {} in operation["security"] else "signed_in"


def _parameters(operation: Json) -> Iterator[Field]:
    """Yield the values in path and query."""
    for parameter in operation.get("parameters", []):
        yield Field(
            name=parameter["name"],
            kind=_kind_of(parameter["schema"]),
            place=parameter["in"],
            required=parameter["required"],
            description=parameter.get("description", ""),
        )


def _body_fields(document: Json, operation: Json) -> Iterator[Field]:
    """Yield the fields of the body; those of every shape, when there are several."""
    for schema in _body_shapes(document, operation):
        for name, member in schema.get("properties", {}).items():
            yield Field(
                name=name,
                kind=_kind_of(member),
                place="body",
                required=name in schema.get("required", []),
                description=member.get("description", ""),
            )


def _body_shapes(document: Json, operation: Json) -> list[Json]:
    """Return the schemas that a body may have."""
    if "requestBody" not in operation:
        return []
    content = operation["requestBody"]["content"]
    schema = content.get(JSON, {"schema": {}})["schema"]
    return [_resolve(document, shape) for shape in schema.get("oneOf", [schema])]


def _outcomes(operation: Json) -> Iterator[Outcome]:
    """Yield every status with its codes."""
    for status, response in operation["responses"].items():
        content: Json = response.get("content", {})
        schema: Json = next((media["schema"] for media in content.values()), {})
        problem = PROBLEM_JSON in content
        yield Outcome(
            status=status,
            description=response["description"],
            kind="" if problem else _kind_of(schema),
            codes=tuple(_codes_in(schema)),
        )


def _codes_in(schema: Json) -> Iterator[str]:
    """Yield the codes that a problem or a "200 + error" answer may have."""
    for arm in schema.get("anyOf", [schema]):
        members = arm.get("properties", {})
        members = members.get("error", {}).get("properties", members)
        yield from members.get("code", {}).get("enum", [])


def _resolve(document: Json, schema: Json) -> Json:
    """Return a schema, looked up when it is only a reference."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    found: Json = document["components"]["schemas"][name]
    return found


def _kind_of(schema: Json) -> str:
    """Return a schema's type in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    arms = schema.get("anyOf") or schema.get("oneOf")
    if arms:
        return " | ".join(dict.fromkeys(map(_kind_of, arms)))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(json.dumps(value) for value in values)
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"{_kind_of(schema.get('items', {}))}[]"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _curl(document: Json, path: str, *, method: str, operation: Json) -> str:
    """Return a command that calls the operation; $TOKEN stands for an access token."""
    url = document["servers"][0]["url"] + path
    parts = [f"curl {shlex.quote(url)}"]
    if method != "GET":
        parts[0] = f"curl -X {method} {shlex.quote(url)}"
    if _access_of(operation) != "anyone":
        parts.append('-H "Authorization: Bearer $TOKEN"')
    shapes = _body_shapes(document, operation)
    if shapes:
        body = json.dumps(_sample(document, shapes[0]), ensure_ascii=False)
        parts += [f"-H 'Content-Type: {JSON}'", f"-d {shlex.quote(body)}"]
    return " \\\n  ".join(parts)


def _sample(document: Json, schema: Json, *, depth: int = 0) -> Any:
    """Return a value of a schema: its example, else its required fields."""
    schema = _resolve(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema or "const" in schema:
        return schema.get("enum", [schema.get("const")])[0]
    arms = schema.get("anyOf")
    if arms:
        return _sample(document, arms[0], depth=depth + 1)
    if "properties" not in schema or depth > MAX_DEPTH:
        return SAMPLES.get(schema.get("type", ""), [])
    members = schema["properties"]
    names = schema.get("required") or list(members)[:1]
    return {name: _sample(document, members[name], depth=depth + 1) for name in names}
