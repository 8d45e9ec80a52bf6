"""Tokens in answers and cookies, the same after every way to sign in."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import Response, request
from pydantic import Field

from idp.accounts.models import User
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.stage_policies import missing_fields_of
from idp.api.asked_fields import MISSING
from idp.api.fields import REGISTRATION
from idp.api.user import UserAnswer, user_answer
from idp.oauth.tokens import account_tokens
from idp.oauth.tokens.account_tokens import TokenPair
from idp.web.browser import refresh_cookie
from idp.web.browser.cookies import (
    cookie_names,
    device_token,
    drop_cookie,
)
from idp.web.browser.session import (
    session_request,
    sign_in_browser,
    wait_in_browser,
)
from idp.web.callers.requester import this_requester
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


class TokensAndUser(Tokens):
    """Tokens, and who they are for."""

    __qualname__ = "SignedIn"  # as the API document calls it

    user: UserAnswer
    missing_fields: list[str] | None = MISSING


class FactorDue(Answer):
    """A second factor is due: the ticket goes on with the sign-in for ten minutes."""

    __qualname__ = "SecondFactorDue"  # as the API document calls it

    status: Literal["2fa_required"]
    ticket: str
    methods: list[str] = Field(description="Any of them will do; the best is first")


class TokensAndNewUser(TokensAndUser):
    """Tokens, who they are for, and what proves who signed up."""

    __qualname__ = "SignedUp"  # as the API document calls it

    registration: str = Field(description=REGISTRATION)


def tokens_answer(pair: TokenPair, *, in_cookies: bool) -> Tokens:
    """Return a pair as an answer."""
    return Tokens(
        access_token=pair.access_token,
        token_type=TOKEN_TYPE,
        expires_in=pair.expires_in,
        refresh_token=None if in_cookies else pair.refresh_token,
        scope=pair.scope,
    )


def token_request(
    *, in_cookies: bool, remember: bool = False, trust: bool = False
) -> SessionRequest:
    """Return where a session begins that gives tokens.

    With cookies it takes the place of the one that the browser has: among several
    only pages of ours let choose. Without cookies the browser, if it is one, keeps the
    session that it has, and is not trusted.
    """
    if in_cookies:
        return session_request(remember=remember, trust=trust, adds=False)
    return SessionRequest(
        device_token=device_token(),
        remember=remember,
        in_cookies=False,
        requester=this_requester(),
    )


def signed_in_answer(
    user: User,
    signed_in: SignedIn,
    *,
    in_cookies: bool,
    registration: str | None = None,
) -> Response:
    """Answer the tokens and the user of a sign-in, or of a sign-up."""
    kind = TokensAndNewUser if registration else TokensAndUser
    more = {"registration": registration} if registration else {}
    return tokens_with(
        more, user, kind=kind, signed_in=signed_in, in_cookies=in_cookies
    )


def tokens_with(
    more: Mapping[str, object],
    user: User,
    *,
    kind: type[TokensAndUser],
    signed_in: SignedIn,
    in_cookies: bool,
) -> Response:
    """Answer the tokens and the user of a sign-in, and what more a kind of it has."""
    pair = account_tokens.issue_first_pair(signed_in.session)
    tokens = tokens_answer(pair, in_cookies=in_cookies)
    known: dict[str, Any] = {**tokens.model_dump(), "user": user_answer(user)}
    missing = missing_fields_of(signed_in.session) or None
    known |= {"missing_fields": missing, **more}
    response = reply(kind(**known))
    return keep_cookies(response, signed_in, pair=pair) if in_cookies else response


def factor_due_answer(waits: FactorRequired) -> Response:
    """Answer what is due; a browser gets the cookie that the ticket is bound to."""
    methods = [method.value for method in waits.methods]
    answer = FactorDue(status="2fa_required", ticket=waits.ticket, methods=methods)
    return wait_in_browser(reply(answer), waits)


def keep_cookies(
    response: Response, signed_in: SignedIn, *, pair: TokenPair
) -> Response:
    """Send the cookies of a sign-in; nothing of the earlier ones stays."""
    refresh_cookie.keep(response, pair)
    if cookie_names().scripts in request.cookies:
        drop_cookie(response, cookie_names().scripts)
    return sign_in_browser(response, signed_in)
