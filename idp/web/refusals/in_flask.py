"""Refusals by views of Flask: error pages, problems, answers that say no."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import HTTPException

from idp.core.context import this_unit
from idp.oauth.protocol.parameters import decode_pairs
from idp.security.refusals.received import (
    received_authorization,
    received_names,
    received_parameters,
    shown_line,
)
from idp.web.http.hosts import PROBES
from idp.web.refusals.noting import Explanation, note_refusal

# Where parameters are those of specifications, of which most may be kept.
OF_PROTOCOL = "/oauth2/"


def explain(explanation: Explanation) -> None:
    """Say why this request is refused; what is said first counts."""
    g.setdefault("explanation", explanation)


def init_app(app: Flask) -> None:
    """Keep every refusal of a view."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    """Keep an answer that refuses, or in whose request something was refused."""
    explained: Explanation | None = g.get("explanation")
    refused = this_unit().refused
    if response.status_code < HTTPStatus.BAD_REQUEST and not (explained or refused):
        return response
    if request.path in PROBES:
        return response
    note_refusal(
        _of_caller(explained or Explanation(check=refused or "")),
        endpoint=_endpoint(request),
        status=response.status_code,
        received=dict(_received(request)),
        known=bool(g.get("principal") or g.get("live_session")),
    )
    return response


def _of_caller(explained: Explanation) -> Explanation:
    """Return an explanation with the client of the token that came along."""
    client_id = getattr(g.get("principal"), "client_id", None)
    if explained.client_id or not client_id:
        return explained
    return replace(explained, client_id=client_id)


def _endpoint(asked: Request) -> str:
    """Return the method, and the route: the path itself may hold a token."""
    return f"{asked.method} {asked.url_rule.rule if asked.url_rule else '(no route)'}"


def _received(asked: Request) -> Iterator[tuple[str, str]]:
    """Yield what may be kept of a request, by name."""
    if asked.url_rule is None:
        yield "path", shown_line(asked.path)
    authorization = asked.headers.get("Authorization")
    if authorization:
        yield "Authorization", received_authorization(authorization)
    if asked.path.startswith(OF_PROTOCOL):
        pairs = decode_pairs(asked.query_string)
        with suppress(HTTPException):
            pairs += asked.form.items()
        yield from received_parameters(pairs).items()
    else:
        yield from received_names(_names_sent(asked)).items()


def _names_sent(asked: Request) -> Iterator[str]:
    """Yield the names of what came along: its values are its sender's."""
    yield from asked.args
    # A body that was refused is not read here either.
    with suppress(HTTPException, RecursionError, ValueError):
        yield from asked.form
        if asked.is_json:
            body = asked.get_json(silent=True)
            yield from body if isinstance(body, dict) else ()
