"""Trouble at machine endpoints, as OAuth error JSON (RFC 6749 §5.2)."""

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from idp.core.db import db
from idp.core.errors import RateLimited
from idp.oauth.keys.signer import NoSigningKey

log = logging.getLogger("idp.oauth")
RETRY_AFTER_SECONDS = 2


def error_response(
    error: str, description: str, *, status: int, retry_after: int | None = None
) -> Response:
    """Return an error as JSON that nobody may keep."""
    response = jsonify(error=error, error_description=description)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def answer_in_oauth(blueprint: Blueprint) -> None:
    """Make a blueprint answer its trouble in the words of RFC 6749."""
    blueprint.register_error_handler(OperationalError, _show_unavailable)
    blueprint.register_error_handler(PoolTimeout, _show_unavailable)
    blueprint.register_error_handler(NoSigningKey, _show_unavailable)
    blueprint.register_error_handler(RateLimited, _show_limited)
    blueprint.register_error_handler(HTTPException, _show_http_error)


def _show_unavailable(error: Exception) -> Response:
    """Answer 503 while the database is away or locked, or no key signs yet."""
    db.session.rollback()
    log.error("temporarily unavailable", extra={"error": type(error).__name__})
    return error_response(
        "temporarily_unavailable",
        "The server cannot answer now. Nothing was changed; try again in a moment.",
        status=503,
        retry_after=RETRY_AFTER_SECONDS,
    )


def _show_limited(error: RateLimited) -> Response:
    """Answer a client that failed to authenticate too often."""
    db.session.rollback()
    return error_response(
        "invalid_client",
        "Client authentication failed too often. Wait before the next try.",
        status=429,
        retry_after=error.retry_after_seconds,
    )


def _show_http_error(error: HTTPException) -> Response:
    """Answer what Werkzeug refused: a body that is too large or broken."""
    status = error.code or 400
    return error_response("invalid_request", error.name + ".", status=status)
