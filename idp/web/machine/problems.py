"""Refusals of programs that no endpoint has seen, as RFC 9457 has them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from idp.core.log import request_id
from idp.oauth.protocol.machine import (
    NO_STORE,
    MachineAnswer,
    MachineRefusal,
    json_answer,
    refused_answer,
)
from idp.web.http.hosts import Misdirected
from idp.web.machine.endpoint import Endpoint


def misdirected(refusal: Misdirected) -> MachineAnswer:
    """Refuse a host that is not served here."""
    errors = [
        {"field": each.field, "code": each.code, "message": each.message}
        for each in refusal.errors
    ]
    return _problem(
        refusal.status, code=refusal.code, title=refusal.title, errors=errors
    )


def wrong_method(endpoint: Endpoint) -> MachineAnswer:
    """Refuse a method that an endpoint does not know (RFC 9110 §15.5.6).

    Its callers read the errors of OAuth, and are told what to send instead.
    """
    methods = " or ".join(endpoint.methods)
    how = "" if "GET" in endpoint.methods else ", with the parameters in the body"
    refused = MachineRefusal(
        "invalid_request",
        f"{endpoint.path} is asked by {methods}{how}.",
        check="method",
        expected=methods,
    )
    allow = ("Allow", ", ".join(sorted(endpoint.understood)))
    status = HTTPStatus.METHOD_NOT_ALLOWED
    return refused_answer(refused, status=status, headers=(*NO_STORE, allow))


def unreadable(status: HTTPStatus) -> MachineAnswer:
    """Refuse a request that could not be read."""
    return _problem(status, code="unreadable_request", title=status.phrase)


def bug() -> MachineAnswer:
    """Answer what nobody foresaw; the log has the rest under the request id."""
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal_error",
        title="Something went wrong on our side",
    )


def _problem(
    status: HTTPStatus,
    *,
    code: str,
    title: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> MachineAnswer:
    """Return a problem as ``application/problem+json``."""
    told = json_answer(
        {
            "type": f"urn:idp:problem:{code}",
            "title": title,
            "status": status,
            "code": code,
            "errors": list(errors),
            "request_id": request_id(),
        }
    )
    typed = (("Content-Type", "application/problem+json"), *headers)
    return MachineAnswer(status, typed, told.body)
