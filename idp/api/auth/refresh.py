"""POST /auth/refresh: new tokens for a refresh token."""

from flask import Response

from idp.accounts import account_tokens
from idp.api.fields import Line
from idp.api.tokens import Tokens, tokens_answer
from idp.core.db import db
from idp.web.bearer import AuthenticationRequired, require_csrf_token
from idp.web.browser import refresh_cookie
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("refresh_api", __name__, tag="Sign-up and sign-in")


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
    auth=Auth.OWN,
    body=Refresh,
    answers={200: Tokens},
    refusals=(AuthenticationRequired, InvalidRefreshToken),
)
def refresh(body: Refresh) -> Response:
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


def _renewed(refresh_token: str, *, in_cookies: bool) -> Response:
    """Commit and answer new tokens; a refusal that ended a stolen chain commits too."""
    pair = account_tokens.refresh(refresh_token)
    db.session.commit()
    if pair is None:
        raise InvalidRefreshToken
    response = reply(tokens_answer(pair, in_cookies=in_cookies))
    if in_cookies:
        refresh_cookie.keep(response, pair)
    return response
