"""POST /auth/logout: end this session and its tokens."""

from flask import Response, request

from idp.accounts.errors import AuthenticationRequired
from idp.api.sign_out import drop_cookies, end_behind, end_in_browser
from idp.web.browser import refresh_cookie
from idp.web.browser.cookies import cookie_names
from idp.web.callers.bearer import bearer_token
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("logout_api", __name__, tag="Tokens and session")


@api.operation(
    "POST",
    "/auth/logout",
    id="logout_api_sign_out",
    auth=Auth.OWN,
    answers={204: None},
    refusals=(AuthenticationRequired,),
)
def sign_out() -> Response:
    """End this session and its tokens, and nothing else.

    Again it is the same: a token that was valid once will do, and a cookie without a
    session is cleared.
    """
    token = bearer_token()
    if token is not None:
        end_behind(token)
        return reply(None)
    if not {cookie_names().session, refresh_cookie.cookie_name()} & {*request.cookies}:
        raise AuthenticationRequired
    end_in_browser()
    return drop_cookies(reply(None))
