"""Refusals at the endpoints that programs call before Flask."""

from collections.abc import Iterator
from http import HTTPStatus

from idp.core.context import Extensible, current, service_of
from idp.core.randomness import new_jti
from idp.core.settings.server import ServerSettings
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.oauth.protocol.parameters import FORM, decode_pairs
from idp.security.refusals.book import RefusalBook
from idp.security.refusals.received import (
    received_authorization,
    received_parameters,
    shown_line,
)
from idp.web.machine.endpoint import Endpoint, Readers
from idp.web.refusals.noting import Explanation, note_refusal, record_of

# "Not yet" is no refusal: a device asks every five seconds (RFC 8628 §3.5).
NOT_YET = frozenset({"authorization_pending", "slow_down"})
READABLE = "Access-Control-Allow-Origin"


def note_answer(
    answer: MachineAnswer, request: MachineRequest, *, endpoint: Endpoint
) -> None:
    """Keep an answer that refuses, or that the page which asked may not read."""
    explained = _refusal_in(answer) or _unread_by_page(
        answer, request, endpoint=endpoint
    )
    if explained is not None:
        note_refusal(
            explained,
            endpoint=f"{request.method} {request.path}",
            status=answer.status,
            received=dict(_received(request)),
        )


def note_unread(request: MachineRequest, *, status: int) -> None:
    """Keep the refusal of a request that could not be read, to whatever path."""
    note_refusal(
        Explanation(check="unreadable_request"),
        endpoint=request.method,
        status=status,
        received={"path": shown_line(request.path)},
    )


def note_no_request(app: Extensible, *, status: int, check: str) -> str:
    """Keep the refusal of what is no request at all; return its reference."""
    reference = new_jti()
    record = record_of(
        Explanation(check=check),
        reference=reference,
        endpoint="(no request)",
        status=status,
        received={},
    )
    service_of(app, RefusalBook).note(record)
    return reference


def _refusal_in(answer: MachineAnswer) -> Explanation | None:
    """Return what an answer refuses; None for one that does not."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return None
    refused = answer.refused
    if refused is None:
        return Explanation()
    if refused.error in NOT_YET:
        return None
    return Explanation(
        error=refused.error,
        check=refused.check,
        expected=refused.expected,
        client_id=refused.client_id,
    )


def _unread_by_page(
    answer: MachineAnswer, request: MachineRequest, *, endpoint: Endpoint
) -> Explanation | None:
    """Return why a page of another origin is not let read an answer (CORS)."""
    origin = request.headers.get("origin")
    if origin is None or endpoint.readers is not Readers.REGISTERED:
        return None
    if origin == current(ServerSettings).issuer or READABLE in dict(answer.headers):
        return None
    origins = ", ".join(sorted(answer.readable_by or ()))
    return Explanation(error="cors", check="cors_origin", expected=origins)


def _received(request: MachineRequest) -> Iterator[tuple[str, str]]:
    """Yield what may be kept of a request, by name."""
    for name, read in (
        ("authorization", received_authorization),
        ("origin", shown_line),
    ):
        if value := request.headers.get(name):
            yield name.capitalize(), read(value)
    pairs = decode_pairs(request.query.encode("latin-1"))
    if request.media_type == FORM:
        pairs += decode_pairs(request.body)
    elif request.body:
        yield "Content-Type", shown_line(request.media_type)
    yield from received_parameters(pairs).items()
