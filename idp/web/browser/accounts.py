"""The accounts of a browser: all of them, switching, and leaving some."""

from collections.abc import Sequence

from flask import Response, g

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.switch import Switched
from idp.core.randomness import digest, new_token
from idp.oauth.authorization import pending as pending_requests
from idp.web.browser import refresh_cookie
from idp.web.browser.cookies import (
    browser_digests,
    cookie_names,
    drop_cookie,
    set_cookie,
)
from idp.web.browser.further import further_sessions, keep_further
from idp.web.browser.session import current_session, send_session


def browser_sessions() -> tuple[LiveSession, ...]:
    """Return the live sessions of all accounts of this browser, the active one first.

    One SELECT more where the browser has, or had, several.
    """
    active = current_session()
    further = further_sessions(active)
    return (active, *further) if active else further


def switch_browser(response: Response, switched: Switched) -> Response:
    """Apply a switch to the answer; ``browser_sessions`` are those of before."""
    session, left = switched.session, switched.left
    others = [live for live in browser_sessions() if live.id != session.id]
    new_tokens = {left.id: switched.left_token} if left else {}
    keep_further(response, others, new_tokens=new_tokens)
    send_session(response, session, token=switched.token)
    drop_cookie(response, cookie_names().pre_session)
    refresh_cookie.drop_sent(response)
    g.signed_in_now = True
    return response


def leave_accounts(response: Response, ended: Sequence[LiveSession]) -> Response:
    """Remove from this browser what it has of sessions that ended.

    What waits in it goes on waiting, for who goes on as another.
    """
    active = current_session()
    keep_further(
        response, [live for live in further_sessions(active) if live not in ended]
    )
    if active not in ended:
        return response
    token = new_token()
    pending_requests.rebind(browser_digests(), new_browser=digest(token))
    drop_cookie(response, cookie_names().session)
    refresh_cookie.drop_sent(response)
    set_cookie(response, cookie_names().pre_session, value=token, max_age=None)
    g.live_session = None
    return response
