"""Setting a password by the old one: the same for both of its addresses."""

from flask import Response

from idp.accounts.password.change import Changed, change_password
from idp.accounts.sessions.find import LiveSession
from idp.api.declined import wrong_password
from idp.api.tokens import keep_cookies
from idp.oauth.tokens import account_tokens
from idp.web.browser import refresh_cookie
from idp.web.browser import session as web_session
from idp.web.browser.session import current_session
from idp.web.json.routes import Declined, reply

NO_CONTENT = 204


def change_to(
    new_password: str, live: LiveSession, *, current: str | None
) -> Response | Declined:
    """Set a password and answer; the session's own browser goes on."""
    here = current_session()
    in_cookies = here is not None and here.id == live.id
    outcome = change_password(live, new_password=new_password, current_password=current)
    if not isinstance(outcome, Changed):
        return wrong_password()
    return _answered(outcome, in_cookies=in_cookies)


def _answered(outcome: Changed, *, in_cookies: bool) -> Response:
    """Answer a change; a browser that had cookies gets those of the new password."""
    started = outcome.started
    if not in_cookies:
        return reply(None, status=NO_CONTENT)
    web_session.carry_over(started, return_to="")
    pair = None
    if refresh_cookie.read():
        pair = account_tokens.issue_first_pair(started, in_cookies=True)
    response = reply(None, status=NO_CONTENT)
    if pair:
        return keep_cookies(response, started, pair=pair)
    return web_session.attach(response, started)
