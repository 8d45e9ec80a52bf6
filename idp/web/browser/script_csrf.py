"""The CSRF token of scripts, which they send as X-CSRF-Token.

It is bound to the session, else to a cookie of its own. That one may be SameSite=Strict
because a script calls from a page of ours that is open already; the cookie of forms has
to survive the way back from an app.
"""

from flask import Response, after_this_request, request

from idp.core.randomness import digest, new_token
from idp.web.browser import csrf
from idp.web.browser.cookies import (
    cookie_names,
    cookie_token,
    presented_token,
    session_token,
    set_cookie,
)


def script_token() -> str:
    """Return the token for this browser's scripts; a cookie is made if it has none."""
    holder = session_token() or cookie_token(cookie_names().scripts)
    if holder is None:
        holder = new_token()
        _keep_holder(holder)
    return csrf.token_for(holder)


def speaks_for_browser() -> bool:
    """Tell whether a cookie came along that other requests of this browser share."""
    return bool(_holders())


def valid() -> bool:
    """Tell whether the request carries a live token of this browser."""
    token = request.headers.get(csrf.HEADER)
    verdicts = [csrf.judge(token, [digest(holder)]) for holder in _holders()]
    return csrf.Verdict.VALID in verdicts


def _keep_holder(token: str) -> None:
    """Send the cookie of scripts with the answer to this request."""

    @after_this_request
    def send(response: Response) -> Response:
        set_cookie(
            response,
            cookie_names().scripts,
            value=token,
            max_age=None,
            samesite="Strict",
        )
        return response


def _holders() -> list[str]:
    """Return the cookies that a token may be bound to: the session's alone, if any."""
    session = session_token()
    if session:
        return [session]
    return [
        known
        for known in (cookie_token(cookie_names().scripts), presented_token())
        if known
    ]
