"""`Idempotency-Key`: a create that is sent again is answered as it was before."""

import json
from collections.abc import Callable
from http import HTTPStatus

from flask import request
from pydantic import BaseModel
from werkzeug.wrappers import Response

from idp.accounts.access.principal import Caller
from idp.administration.idempotency import (
    Claim,
    KeptAnswer,
    claim_key,
    keep_answer,
    release_key,
)
from idp.core.errors import FieldError, IdpError
from idp.web.json.operations import Operation
from idp.web.unit_of_work import keep, undo

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("ETag", "Location")
MAX_KEY = 255
JSON = "application/json"


class InvalidKey(IdpError):
    """A key that is none."""

    code = "invalid_idempotency_key"
    status = HTTPStatus.BAD_REQUEST
    title = "An Idempotency-Key is 1 to 255 printable ASCII characters."


def answer_once(
    operation: Operation,
    who: Caller,
    *,
    body: BaseModel | None,
    run: Callable[[], object],
    render: Callable[[object], Response],
) -> Response:
    """Return what ``run`` answers, or answered when the request was sent before.

    Only what was done is kept: a refusal leaves nothing, and may be tried again.
    """
    claimed = claim_key(
        who.by, sent_key() or "", asked=_asked(operation, body), user_id=who.user_id
    )
    if isinstance(claimed, KeptAnswer):
        return _replayed(claimed)
    keep()
    try:
        found = run()
        outcome = found if isinstance(found, IdpError) else render(found)
        _keep(claimed, outcome, shown_once=operation.shown_once)
        keep()
    except BaseException:
        undo()
        release_key(claimed)
        keep()
        raise
    if isinstance(outcome, IdpError):
        raise outcome
    return outcome


def sent_key() -> str | None:
    """Return the key of a request, None without one; InvalidKey.

    The draft has it in quotes, and most clients send it without.
    """
    if HEADER not in request.headers:
        return None
    sent = request.headers[HEADER].strip()
    quoted = len(sent) > 1 and sent[0] == sent[-1] == '"'
    key = sent[1:-1] if quoted else sent
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= MAX_KEY):
        error = FieldError(HEADER, InvalidKey.code, InvalidKey.title)
        raise InvalidKey([error])
    return key


def is_keyed(operation: Operation) -> bool:
    """Tell whether a request names a key that counts: that of a create."""
    return operation.repeatable and HEADER in request.headers


def _asked(operation: Operation, body: BaseModel | None) -> str:
    """Return what makes a request the same: where it went and what it said."""
    said = body.model_dump(mode="json", exclude_unset=True) if body else None
    return f"{operation.method} {request.path} {json.dumps(said, sort_keys=True)}"


def _keep(
    claim: Claim, response: Response | IdpError, *, shown_once: tuple[str, ...]
) -> None:
    """Keep a good answer; another one frees the key."""
    if isinstance(response, IdpError) or response.status_code != HTTPStatus.CREATED:
        release_key(claim)
        return
    headers = {
        name: response.headers[name]
        for name in KEPT_HEADERS
        if name in response.headers
    }
    answer = KeptAnswer(response.status_code, headers, response.get_data(as_text=True))
    keep_answer(claim, answer, shown_once=shown_once)


def _replayed(kept: KeptAnswer) -> Response:
    """Return an answer once more."""
    headers = {**kept.headers, REPLAYED: "true"}
    return Response(kept.body, kept.status, headers, mimetype=JSON)
