"""Every answer of a JSON route is one that the OpenAPI document has.

While an app is ``watched``, an answer that it lacks fails the test that provoked it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask, Response, current_app, request, request_finished
from jsonschema_rs import Draft202012Validator

from idp.core.context import current
from idp.web.json.docs import ApiDocument
from idp.web.json.operations import VARIABLE, current_operation


@contextmanager
def watched(app: Flask) -> Iterator[None]:
    """Check each answer after all hooks have added their headers."""
    with request_finished.connected_to(check_answer, app):
        yield


def check_answer(_app: Flask, response: Response) -> None:
    operation = current_operation()
    if operation is None or request.method == "OPTIONS":
        return
    if response.status_code >= 500 and response.status_code != 503:
        return  # a bug; the test that meets it sees it
    path = VARIABLE.sub(r"{\2}", operation.path)
    described = document()["paths"][path][operation.method.lower()]["responses"]
    where = f"{operation.method} {path} {response.status_code}"
    assert str(response.status_code) in described, f"undocumented: {where}"
    check_content(response, described[str(response.status_code)], where)


def check_content(response: Response, described: dict[str, Any], where: str) -> None:
    content = described.get("content", {})
    assert (response.mimetype or "") in (content or {""}), where
    for name in described.get("headers", {}):
        assert name in response.headers, f"{where} without {name}"
    if content and request.method != "HEAD":
        validator = validator_of(content[response.mimetype]["schema"])
        for value in values_in(response):
            validator.validate(value)


def values_in(response: Response) -> list[Any]:
    """Return the JSON of an answer, or of each of its lines."""
    if response.mimetype == "application/x-ndjson":
        lines = response.get_data(as_text=True).removesuffix("\n").split("\n")
        return [json.loads(line) for line in lines if line]
    return [response.get_json()]


def document() -> dict[str, Any]:
    """Return the document of the running app; apps with the same routes share one."""
    return document_of(endpoints())


def endpoints() -> frozenset[str]:
    return frozenset(current_app.view_functions)


@cache
def document_of(_endpoints: frozenset[str]) -> dict[str, Any]:
    return current(ApiDocument).tree


def validator_of(schema: dict[str, Any]) -> Draft202012Validator:
    """Return what judges values by a schema of the document; making one takes 2 ms."""
    return _validator_of(endpoints(), json.dumps(schema))


@cache
def _validator_of(endpoints: frozenset[str], schema: str) -> Draft202012Validator:
    components = document_of(endpoints)["components"]
    return Draft202012Validator({**json.loads(schema), "components": components})
