"""The accounts of a browser: all of them, switching, and leaving some."""

from collections.abc import Sequence

from flask import Response, g

from idp.accounts.sessions.find import LiveSession, is_token_of
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
from idp.web.browser.further import further_sessions, keep_further, opened_all
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

    What waits in it goes on waiting, for who goes on as another. The cookie of those
    that are left stays as it is: what is over in it is passed over, and another tab may
    have switched, whose cookies hold.
    """
    active = current_session()
    left = [live for live in further_sessions(active) if live not in ended]
    if not left and opened_all():
        keep_further(response, left)
    if active is None or active not in ended or not is_token_of(active):
        return response
    token = new_token()
    pending_requests.rebind(browser_digests(), new_browser=digest(token))
    drop_cookie(response, cookie_names().session)
    refresh_cookie.drop_sent(response)
    set_cookie(response, cookie_names().pre_session, value=token, max_age=None)
    g.live_session = None
    return response
