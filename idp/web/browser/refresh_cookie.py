"""The cookie that holds a refresh token where scripts cannot read it (cookies mode).

It lives as long as the session cookie beside it and is for our own pages' scripts, so
it is SameSite=Strict.
"""

from flask import Response, request

from idp.accounts.settings import AccountsSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.tokens.account_tokens import TokenPair
from idp.web.browser.cookies import set_cookie


def cookie_name() -> str:
    """Return the name that the operator chose; on loopback with the port."""
    suffix = current(ServerSettings).cookie_suffix
    return current(AccountsSettings).refresh_cookie_name + suffix


def read() -> str | None:
    """Return the refresh token that came with the request."""
    return request.cookies.get(cookie_name()) or None


def keep(response: Response, pair: TokenPair) -> None:
    """Send the refresh token of a pair, for as long as its session may last."""
    left = pair.session.expires_at - utcnow()
    max_age = int(left.total_seconds()) if pair.session.remember else None
    _send(response, pair.refresh_token, max_age=max_age)


def drop(response: Response) -> None:
    """Remove the cookie from the browser."""
    _send(response, "", max_age=0)


def drop_sent(response: Response) -> None:
    """Remove the cookie if the browser has it: another account is active now."""
    if read():
        drop(response)


def _send(response: Response, value: str, *, max_age: int | None) -> None:
    """Set the cookie."""
    name = cookie_name()
    set_cookie(response, name, value=value, max_age=max_age, samesite="Strict")
