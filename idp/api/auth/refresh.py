"""POST /auth/refresh: new tokens for a refresh token."""

from flask import Response

from idp.accounts.errors import AuthenticationRequired
from idp.api.fields import Line
from idp.api.tokens import Tokens, tokens_answer
from idp.oauth.tokens import account_tokens
from idp.web.browser import refresh_cookie
from idp.web.callers.bearer import require_csrf_token
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("refresh_api", __name__, tag="Tokens and session")


class Refresh(Body):
    """A refresh token; without one the cookie's is used."""

    refresh_token: Line | None = None


class InvalidRefreshToken(AuthenticationRequired):
    """A refresh token that is unknown, used, expired or revoked."""

    code = "invalid_refresh_token"
    title = "This refresh token is not valid any more. Sign in again."


@api.operation(
    "POST",
    "/auth/refresh",
    id="refresh_api_refresh",
    auth=Auth.OWN,
    body=Refresh,
    answers={200: Tokens},
    refusals=(AuthenticationRequired, InvalidRefreshToken),
)
def refresh(body: Refresh) -> Response | InvalidRefreshToken:
    """Get new tokens for a refresh token, which can be used once.

    From the cookie it needs `X-CSRF-Token`, and the next one is in the cookie again.
    """
    if body.refresh_token is not None:
        return _renewed(body.refresh_token, in_cookies=False)
    held = refresh_cookie.read()
    if held is None:
        raise AuthenticationRequired
    require_csrf_token()
    return _renewed(held, in_cookies=True)


def _renewed(refresh_token: str, *, in_cookies: bool) -> Response | InvalidRefreshToken:
    """Answer new tokens; a refusal is returned, so that a stolen chain stays ended."""
    pair = account_tokens.refresh_pair(refresh_token)
    if pair is None:
        return InvalidRefreshToken()
    response = reply(tokens_answer(pair, in_cookies=in_cookies))
    if in_cookies:
        refresh_cookie.keep(response, pair)
    return response
