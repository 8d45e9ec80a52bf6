"""Who calls, told from the head of a request whose body is still under way."""

from flask import Flask

from idp.oauth.tokens.account_bearer import verify_bearer
from idp.web.asgi.flask_side import environ_of
from idp.web.asgi.receiving import Received
from idp.web.browser.session import current_session
from idp.web.callers.bearer import TOKEN


def is_known(app: Flask, head: Received) -> bool:
    """Tell whether the cookie of a live session or a bearer token comes along."""
    scheme, _, token = head.headers.get("authorization", "").partition(" ")
    with app.request_context(environ_of(head)):
        if scheme.lower() == "bearer" and TOKEN.fullmatch(token.strip()):
            return verify_bearer(token.strip()) is not None
        return current_session() is not None
