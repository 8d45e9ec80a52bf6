"""Every answer of a JSON route is one that the OpenAPI document has.

``watch(app)`` makes an answer that it lacks fail the test that provoked it.
"""

from functools import cache
from typing import Any

from flask import Flask, Response, current_app, request
from jsonschema_rs import Draft202012Validator

from idp.core.context import current
from idp.web.json.docs import ApiDocument
from idp.web.json.operations import VARIABLE, current_operation


def watch(app: Flask) -> None:
    """Check each answer after all headers are there."""
    # hooks run in reverse order of registration: this one comes last
    app.after_request_funcs.setdefault(None, []).insert(0, check_answer)


def check_answer(response: Response) -> Response:
    operation = current_operation()
    if operation is None or request.method == "OPTIONS":
        return response
    if response.status_code >= 500 and response.status_code != 503:
        return response  # a bug; the test that meets it sees it
    path = VARIABLE.sub(r"{\2}", operation.path)
    described = document()["paths"][path][operation.method.lower()]["responses"]
    where = f"{operation.method} {path} {response.status_code}"
    assert str(response.status_code) in described, f"undocumented: {where}"
    check_content(response, described[str(response.status_code)], where)
    return response


def check_content(response: Response, described: dict[str, Any], where: str) -> None:
    content = described.get("content", {})
    assert (response.mimetype or None) == next(iter(content), None), where
    for name in described.get("headers", {}):
        assert name in response.headers, f"{where} without {name}"
    if content and request.method != "HEAD":
        schema = content[response.mimetype]["schema"]
        schema = {**schema, "components": document()["components"]}
        Draft202012Validator(schema).validate(response.get_json())


def document() -> dict[str, Any]:
    """Return the document of the running app; apps with the same routes share one."""
    return document_of(frozenset(current_app.view_functions))


@cache
def document_of(_endpoints: frozenset[str]) -> dict[str, Any]:
    return current(ApiDocument).tree
