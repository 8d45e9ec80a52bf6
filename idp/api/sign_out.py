"""Ending a session by token or by cookie: the same for both of its addresses."""

from flask import Response

from idp.accounts.sessions.end import find_unended_session, sign_out
from idp.oauth.protocol.scopes import ACCOUNT
from idp.oauth.tokens import account_tokens
from idp.oauth.tokens.account_bearer import recognize_bearer
from idp.oauth.tokens.grant_revocation import revoke_grant
from idp.web.browser import refresh_cookie
from idp.web.browser import session as web_session
from idp.web.callers.bearer import InvalidToken, require_csrf_token


def end_behind(token: str) -> None:
    """End what a bearer token stands for; InvalidToken for one never issued here.

    Without the whole account that is its grant alone, not the session of the user.
    """
    who = recognize_bearer(token)
    if who is None:
        raise InvalidToken
    if who.grant_id:
        revoke_grant(who.grant_id)
    session = find_unended_session(who.session_id)
    if session and ACCOUNT in who.scope:
        sign_out(session, client_id=who.client_id)


def end_in_browser(*, proven: bool = False) -> None:
    """End the session of this browser's cookies, if they have one, run out or not.

    Only a live session cookie needs the token of a page of ours, unless it is
    ``proven`` that one asks: no other site's page makes a browser send the refresh
    cookie, which is SameSite=Strict.
    """
    live = web_session.current_session()
    if live and not proven:
        require_csrf_token()
    held = refresh_cookie.read()
    session = live or web_session.session_run_out()
    if session is None and held:
        session = account_tokens.session_of_refresh_token(held)
    if session:
        sign_out(session)


def drop_cookies(response: Response) -> Response:
    """Remove the cookies of a sign-in."""
    refresh_cookie.drop(response)
    return web_session.sign_out_browser(response)
