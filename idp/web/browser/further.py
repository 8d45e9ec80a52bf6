"""The cookie of a browser's further accounts, to which it can switch.

It holds the tokens of their sessions as the session cookie holds the active one's. It
is read only where it matters, and written only by what changes the accounts: a page
that rewrote it could undo a switch in another tab. What it still holds of sessions that
are over is passed over.
"""

from collections.abc import Mapping, Sequence

from flask import Response, g, request

from idp.accounts.sessions.find import LiveSession, find_by_cookies
from idp.accounts.sessions.start import MOST_BESIDE
from idp.core.clock import utcnow
from idp.core.randomness import digest
from idp.web.browser.cookies import (
    TOKEN_LENGTH,
    cookie_names,
    drop_cookie,
    session_token,
    set_cookie,
)

SEPARATOR = "."


def further_sessions(active: LiveSession | None) -> tuple[LiveSession, ...]:
    """Return the live sessions besides the active one, the last used first.

    One SELECT, and none without the cookie. A user is there once.
    """
    tokens = _further_tokens()
    if not tokens:
        return ()
    if "further_sessions" not in g:
        g.further_sessions = find_by_cookies([digest(token) for token in tokens])
    by_user = {live.user_id: live for live in reversed(g.further_sessions)}
    if active:
        by_user.pop(active.user_id, None)
    return tuple(reversed(by_user.values()))


def may_have_further() -> bool:
    """Tell whether there is a cookie of further accounts, without looking at them."""
    return cookie_names().further in request.cookies


def opened_all() -> bool:
    """Tell whether each of its tokens has opened a session, which were looked up."""
    return len(g.get("further_sessions", ())) == len(_further_tokens())


def forget_further() -> None:
    """Have them looked up again."""
    g.pop("further_sessions", None)


def keep_further(
    response: Response,
    sessions: Sequence[LiveSession],
    *,
    new_tokens: Mapping[str, str] = {},
) -> None:
    """Have the browser keep these sessions, and no other, besides the active one.

    ``new_tokens`` are those that have just been given out, by session. The cookie stays
    when the browser is closed only if all users chose to stay signed in.
    """
    name = cookie_names().further
    if not sessions:
        if name in request.cookies:
            drop_cookie(response, name)
        return
    known = {
        digest(token): token for token in (session_token(), *_further_tokens()) if token
    }
    tokens = [new_tokens.get(live.id) or known[live.token_digest] for live in sessions]
    until = max(live.expires_at for live in sessions)
    stays = all(live.remember for live in sessions)
    seconds = int((until - utcnow()).total_seconds())
    set_cookie(
        response,
        name,
        value=SEPARATOR.join(tokens),
        max_age=seconds if stays else None,
    )


def _further_tokens() -> list[str]:
    """Return the tokens of the cookie, as many as it may hold."""
    sent = request.cookies.get(cookie_names().further, "").split(SEPARATOR)
    tokens = [t for t in sent if len(t) == TOKEN_LENGTH and t.isascii()]
    return list(dict.fromkeys(tokens))[:MOST_BESIDE]
