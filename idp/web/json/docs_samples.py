"""Commands that call an operation as they are pasted (pure: the document in).

What only the caller knows is a variable of the shell, which is set first; all else has
a value that the operation takes.
"""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

from idp.web.json.body import JSON

Json = dict[str, Any]
MAX_DEPTH = 4
OF_TYPE: dict[str, Any] = {
    "string": "example",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "null": None,
    "object": {},
    "array": [],
}
PASSWORD = "nine quiet otters by the lake"  # noqa: S105 - of nobody
OF_NAME: dict[str, Any] = {
    "email": "ada@example.com",
    "new_email": "ada@example.com",
    "login": "ada@example.com",
    "name": "Ada Lovelace",
    "domain": "example.com",
    "identifier": "https://api.example.com",
    "resource": "https://api.example.com",
    "redirect_uris": ["https://app.example.com/callback"],
    "key": "department",
    "scope": "openid",
    "returnUrl": "/account",
    "url": "https://accounts.example.com",
    "overlap_seconds": 86400,
    "permissions": ["users.read"],
    "users": ["ada@example.com"],
    "description": {"en": "Read your notes"},
    "values": {},
}
VARIABLES = {
    "account": "USER_ID",
    "client_id": "CLIENT_ID",
    "code": "CODE",
    "id": "ID",
    "organization_id": "ORGANIZATION_ID",
    "refresh_token": "REFRESH_TOKEN",
    "ticket": "TICKET",
    "token": "MAILED_TOKEN",
    "user_id": "USER_ID",
}
VARIABLE = re.compile(r"\$[A-Z_]+")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def curl_of(document: Json, path: str, *, method: str, operation: Json) -> str:
    """Return a command that calls an operation; $TOKEN stands for an access token."""
    named = PLACEHOLDER.sub(lambda match: f"${match[1].upper()}", path)
    url = f'"{document["servers"][0]["url"]}{named}"'
    parts = [f"curl {url}" if method == "GET" else f"curl -X {method} {url}"]
    if operation["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    shapes = body_shapes(document, operation)
    files = [] if shapes else [*operation.get("requestBody", {}).get("content", ())]
    if files:
        parts += [f"-H 'Content-Type: {files[0]}'", '--data-binary "@$FILE"']
    if shapes:
        body = json.dumps(_sample(document, shapes[0]), ensure_ascii=False)
        parts += [f"-H 'Content-Type: {JSON}'", f"-d {_quoted(body)}"]
    return " \\\n  ".join(parts)


def body_shapes(document: Json, operation: Json) -> list[Json]:
    """Return the schemas that a body may have."""
    if "requestBody" not in operation:
        return []
    content = operation["requestBody"]["content"]
    if JSON not in content:
        return []
    schema = content[JSON]["schema"]
    return [_resolved(document, shape) for shape in schema.get("oneOf", [schema])]


def _sample(document: Json, schema: Json, *, name: str = "", depth: int = 0) -> Any:
    """Return a value of a schema: its example, its name's, else its required fields."""
    schema = _resolved(document, schema)
    said = [
        *schema.get("examples", []),
        *schema.get("enum", []),
        *([schema["const"]] if "const" in schema else []),
        *_known_by(name, schema),
    ]
    if said:
        return said[0]
    if "anyOf" in schema:
        return _sample(document, schema["anyOf"][0], name=name, depth=depth + 1)
    if "items" in schema and schema.get("minItems"):
        return [_sample(document, schema["items"], depth=depth + 1)]
    if "properties" not in schema or depth > MAX_DEPTH:
        return OF_TYPE.get(schema.get("type", ""))
    members = schema["properties"]
    one_of = schema.get("oneOf", [{}])[0].get("required", [])
    names = [*schema.get("required", []), *one_of] or list(members)[:1]
    return {
        one: _sample(document, members[one], name=one, depth=depth + 1) for one in names
    }


def _resolved(document: Json, schema: Json) -> Json:
    """Return a schema, looked up when it is only a reference."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    found: Json = document["components"]["schemas"][name]
    return found


def _known_by(name: str, schema: Json) -> Iterator[Any]:
    """Yield what a member of this name is given."""
    if "password" in name.lower() and schema.get("type") == "string":
        yield PASSWORD
    if name in OF_NAME:
        yield OF_NAME[name]
    if name in VARIABLES:
        yield f"${VARIABLES[name]}"


def _quoted(text: str) -> str:
    """Return text as one word of a shell that fills in its variables."""
    return VARIABLE.sub(lambda match: f"'\"{match[0]}\"'", shlex.quote(text))
