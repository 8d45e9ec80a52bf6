"""Tokens in answers and cookies, the same after every way to sign in."""

from flask import Response, request

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import Started
from idp.accounts.users import get_user
from idp.api.user import User, user_answer
from idp.oauth.tokens import account_tokens
from idp.oauth.tokens.account_tokens import TokenPair
from idp.web.browser import refresh_cookie, script_csrf
from idp.web.browser import session as web_session
from idp.web.browser.cookies import drop_cookie
from idp.web.json.models import Answer, left_out
from idp.web.json.routes import reply

TOKEN_TYPE = "Bearer"  # noqa: S105 - the type's name in RFC 6750


class Tokens(Answer):
    """A token response (RFC 6749 §5.1); with cookies, the refresh token is in one."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | None = left_out("Left out when it is in a cookie")
    scope: str


class SignedIn(Tokens):
    """Tokens, and who they are for."""

    user: User


def tokens_answer(pair: TokenPair, *, in_cookies: bool) -> Tokens:
    """Return a pair as an answer."""
    return Tokens(
        access_token=pair.access_token,
        token_type=TOKEN_TYPE,
        expires_in=pair.expires_in,
        refresh_token=None if in_cookies else pair.refresh_token,
        scope=pair.scope,
    )


def replaced(*, in_cookies: bool) -> LiveSession | None:
    """Return the session of this browser, which one that it keeps would replace."""
    return web_session.current_session() if in_cookies else None


def begin(started: Started, *, in_cookies: bool) -> TokenPair:
    """Issue a sign-in's tokens; with cookies, this browser's waiting requests go on."""
    if in_cookies:
        web_session.carry_over(started, return_to="")
    return account_tokens.issue_first_pair(started, in_cookies=in_cookies)


def signed_in(started: Started, *, in_cookies: bool) -> Response:
    """Answer the tokens and the user of a sign-in."""
    pair = begin(started, in_cookies=in_cookies)
    tokens = tokens_answer(pair, in_cookies=in_cookies)
    user = user_answer(get_user(started.user_id))
    response = reply(SignedIn(**tokens.model_dump(), user=user))
    return keep_cookies(response, started, pair=pair) if in_cookies else response


def keep_cookies(response: Response, started: Started, *, pair: TokenPair) -> Response:
    """Send the cookies of a sign-in; nothing of the earlier ones stays."""
    refresh_cookie.keep(response, pair)
    if script_csrf.cookie_name() in request.cookies:
        drop_cookie(response, script_csrf.cookie_name())
    return web_session.attach(response, started)
