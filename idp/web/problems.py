"""How refusals and mistakes are shown: a page to people, RFC 9457 JSON to programs."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from flask import Flask, Response, jsonify, request
from flask.globals import request_ctx
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from idp.core.connections import commit_was_under_way, is_away, why_away
from idp.core.errors import FieldError, IdpError
from idp.core.log import request_id
from idp.web.callers.step_up import for_caller
from idp.web.http.negotiation import wants_html
from idp.web.i18n import prefer
from idp.web.json.operations import current_operation
from idp.web.pages import interaction_page, set_branding, show_latest_branding
from idp.web.redirects import local_path, redirect_to
from idp.web.refusals.in_flask import explain
from idp.web.refusals.noting import Explanation
from idp.web.unit_of_work import leave_trace, undo
from idp.web.words import message_of, title_of

E = TypeVar("E", bound=Exception)
log = logging.getLogger("idp.web")
RETRY_AFTER_SECONDS = 2
MINUTE, HOUR, DAY = 60, 3600, 86400
PROGRAMS_ONLY = ("/api/", "/oauth2/token")


def words_for(seconds: int | None) -> str | None:
    """Return a waiting time in words, rounded up."""
    if seconds is None:
        return None
    if seconds < MINUTE:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    if seconds <= 2 * HOUR:
        return str(ngettext("%(num)s minute", "%(num)s minutes", -(-seconds // MINUTE)))
    if seconds <= 2 * DAY:
        return str(ngettext("%(num)s hour", "%(num)s hours", -(-seconds // HOUR)))
    return str(ngettext("%(num)s day", "%(num)s days", -(-seconds // DAY)))


TEXTS = {
    HTTPStatus.BAD_REQUEST: (
        lazy_gettext("The request was not complete. Go back and try again."),
        lazy_gettext("We couldn’t read that request"),
    ),
    HTTPStatus.NOT_FOUND: (
        lazy_gettext("The address may be mistyped, or the page has moved."),
        lazy_gettext("There is no such page"),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        lazy_gettext("Shorten what you entered and send it again."),
        lazy_gettext("That was too much at once"),
    ),
}
OTHER_TEXTS = (
    lazy_gettext("Open the page itself and use its buttons."),
    lazy_gettext("That doesn’t work here"),
)


def unless_database_away(
    show: Callable[[E], Response],
) -> Callable[[E], Response]:
    """Let an error handler write: Flask asks no other handler about its own errors."""

    @wraps(show)
    def shown(error: E) -> Response:
        try:
            return show(error)
        except (DBAPIError, PoolTimeout) as away:
            return _show_database_trouble(away)

    return shown


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(IdpError, unless_database_away(_show_refusal))
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(DBAPIError, _show_database_trouble)
    app.register_error_handler(PoolTimeout, _show_database_trouble)
    app.register_error_handler(Exception, _show_bug)


def _wants_page() -> bool:
    """Tell whether a person reads the answer: HTML is accepted, JSON was not sent."""
    if current_operation() or request.path.startswith(PROGRAMS_ONLY):
        return False
    return not request.is_json and wants_html(request)


def _answer(
    *,
    status: int,
    code: str,
    title: str,
    message: str = "",
    errors: list[dict[str, str]] | None = None,
    details: list[tuple[str, str]] | None = None,
    retry_after_seconds: int | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """Return a problem as a page or as ``application/problem+json``."""
    if _wants_page():
        response = interaction_page(
            "errors/page.html",
            status=status,
            title=title,
            message=message,
            retry_after_words=words_for(retry_after_seconds),
            action_url="/account",
            action_label=gettext("Go to your account"),
            details=details,
        )
    else:
        response = jsonify(
            type=f"urn:idp:problem:{code}",
            title=title,
            status=status,
            code=code,
            errors=errors or [],
            request_id=request_id(),
            **(members or {}),
        )
        response.status_code = status
        response.content_type = "application/problem+json"
    if retry_after_seconds is not None:
        response.headers["Retry-After"] = str(retry_after_seconds)
    return response


def _show_refusal(error: IdpError) -> Response:
    """Answer an expected error; nothing of the request was kept but its trace."""
    leave_trace(error)
    error = for_caller(error)
    explain(_explanation_of(error))
    response = _answer(
        status=error.status,
        code=error.code,
        title=title_of(error),
        errors=[_shown(item) for item in error.errors],
        details=[(item.field, item.message) for item in error.errors if item.message],
        retry_after_seconds=getattr(error, "retry_after_seconds", None),
        members=error.members,
    )
    response.headers.update(error.headers)
    return response


UNKNOWN = "unknown_field"  # whose name is its sender's, and may be anything


def _explanation_of(error: IdpError) -> Explanation:
    """Return what is known of an expected error, in the words of programs."""
    named = [
        f"{UNKNOWN if each.code == UNKNOWN else each.field}: {each.code}"
        for each in error.errors
    ]
    wanted = getattr(error, "permission", "")
    return Explanation(error=error.code, expected=wanted or "; ".join(named))


def _shown(error: FieldError) -> dict[str, str]:
    """Return one thing wrong with one input as a member of ``errors``."""
    return {"field": error.field, "code": error.code, "message": message_of(error)}


def _show_http_error(error: HTTPException) -> WerkzeugResponse:
    """Answer what Werkzeug refused: unknown paths, methods, broken bodies."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response(request.environ)
    meant = _without_last_slash() if error.code == HTTPStatus.NOT_FOUND else None
    if meant:
        return redirect_to(meant, status=HTTPStatus.PERMANENT_REDIRECT)
    status = HTTPStatus(error.code)
    message, title = TEXTS.get(status, OTHER_TEXTS)
    response = _answer(
        status=status,
        code=status.phrase.lower().replace(" ", "_").replace("-", "_"),
        title=str(title) if _wants_page() else status.phrase,
        message=str(message),
    )
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _without_last_slash() -> str | None:
    """Return where a page is that was asked for with a slash at its end, or None."""
    path = request.path.rstrip("/")
    adapter = request_ctx.url_adapter
    safe = request.method in ("GET", "HEAD") and path != request.path
    if not (safe and _wants_page() and adapter and adapter.test(path, method="GET")):
        return None
    query = request.query_string.decode("ascii", "ignore")
    encoded = quote(path, safe="/:@!$&'()*+,;=~")
    return local_path(f"{encoded}?{query}" if query else encoded, default="") or None


def _show_database_trouble(error: DBAPIError | PoolTimeout) -> Response:
    """Answer what the database refused: 503 while it cannot serve us."""
    if not is_away(error):
        return _show_bug(error)
    undo()
    _ask_nothing()
    told = {"error": type(error).__name__, "reason": why_away(error)}
    log.error("database unavailable", extra=told)
    return _answer(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        code="temporarily_unavailable",
        title=gettext("We can’t reach our database right now"),
        message=(
            gettext("What you did may have been saved. Look before you do it again.")
            if commit_was_under_way(error)
            else gettext("Nothing was changed. Try again in a moment.")
        ),
        retry_after_seconds=RETRY_AFTER_SECONDS,
    )


def _show_bug(error: Exception) -> Response:
    """Answer 500 with the request id; the log has the rest."""
    undo()
    _ask_nothing()
    log.error("unhandled error", exc_info=error)
    return _answer(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal_error",
        title=gettext("Something went wrong on our side"),
        message=gettext("It has been noted under the reference below. Try again."),
    )


def _ask_nothing() -> None:
    """Show an error without the client that waits: to find it may be what failed."""
    prefer(tuple)
    set_branding(lambda: None)
    show_latest_branding()
