"""New cookies for a session that goes on after what opens its account has changed."""

from flask import Response

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import StartedSession
from idp.accounts.sign_in.completion import SignedIn
from idp.api.tokens import keep_cookies
from idp.oauth.tokens import account_tokens
from idp.web.browser import refresh_cookie
from idp.web.browser.session import current_session, sign_in_browser


def is_in_cookies(live: LiveSession) -> bool:
    """Tell whether a session is this browser's; ask it before the session changes."""
    here = current_session()
    return here is not None and here.id == live.id


def with_renewed(response: Response, session: StartedSession) -> Response:
    """Send the cookies of a session that was renewed, of tokens too if it had such."""
    signed_in = SignedIn(session)
    if refresh_cookie.read():
        pair = account_tokens.issue_first_pair(session)
        return keep_cookies(response, signed_in, pair=pair)
    return sign_in_browser(response, signed_in)
