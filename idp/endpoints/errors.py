"""Trouble at endpoints of programs, in the words of OAuth (RFC 6749 §5.2)."""

import logging
from http import HTTPStatus

from idp.core.connections import commit_was_under_way, is_away, why_away
from idp.core.errors import RateLimited
from idp.oauth.keys.signer import NoSigningKey
from idp.oauth.protocol.machine import MachineAnswer, MachineRefusal, refused_answer
from idp.web.machine.problems import bug
from idp.web.machine.reading import UnreadableBody

log = logging.getLogger("idp.oauth")
RETRY_AFTER_SECONDS = 2
NOTHING_DONE = (
    "The server cannot answer now. Nothing was changed; try again in a moment."
)
PERHAPS_DONE = (
    "The server cannot answer now, and cannot tell whether the request was carried out."
)


def answer_trouble(error: Exception) -> MachineAnswer:
    """Answer what an endpoint raised; what nobody foresaw is a bug of ours."""
    if is_away(error) or isinstance(error, NoSigningKey):
        return _unavailable(error)
    if isinstance(error, RateLimited):
        return _limited(error)
    if isinstance(error, UnreadableBody):
        return _error("invalid_request", f"{error.status.phrase}.", status=error.status)
    log.error("unhandled error", exc_info=error)
    return bug()


def _unavailable(error: Exception) -> MachineAnswer:
    """Answer 503 while the database is away or locked, or no key signs yet."""
    told = {"error": type(error).__name__, "reason": why_away(error)}
    log.error("temporarily unavailable", extra=told)
    return _error(
        "temporarily_unavailable",
        PERHAPS_DONE if commit_was_under_way(error) else NOTHING_DONE,
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        retry_after=RETRY_AFTER_SECONDS,
    )


def _limited(error: RateLimited) -> MachineAnswer:
    """Answer a client that failed to authenticate too often."""
    return _error(
        "invalid_client",
        "Client authentication failed too often. Wait before the next try.",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        retry_after=error.retry_after_seconds,
    )


def _error(
    error: str, description: str, *, status: int, retry_after: int | None = None
) -> MachineAnswer:
    """Return an error as JSON that nobody may keep."""
    headers = [("Cache-Control", "no-store")]
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    refused = MachineRefusal(error, description)
    return refused_answer(refused, status=status, headers=tuple(headers))
