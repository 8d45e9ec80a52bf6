"""The app: three files for the browser, and the backend for frontend beside them."""

import secrets

from flask import Flask, Response, current_app

from examples.bff.notes import READ, RESOURCE, WRITE
from idp_rp import Api, Bff, BffSettings
from idp_rp.flask import bff_blueprint

# The page runs its own script and calls its own server; nothing else, nobody else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def settings_of(
    *, issuer: str, client_id: str, client_secret: str, base_url: str, api_url: str
) -> BffSettings:
    """Return what the backend for frontend is told.

    The key that seals sessions is new at each start, which signs everybody out; a real
    app keeps it among its secrets.
    """
    return BffSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        base_url=base_url,
        keys=[secrets.token_urlsafe(32)],
        scope="openid profile email",
        apis={"notes": Api(api_url, RESOURCE, f"{READ} {WRITE}")},
        userinfo_resource=issuer,
    )


def create_app(bff: Bff) -> Flask:
    """Build the app: its page, and the routes beside it."""
    app = Flask(__name__, static_url_path="")
    app.register_blueprint(bff_blueprint(bff))
    app.add_url_rule("/", view_func=_page)
    app.after_request(_add_headers)
    return app


def _page() -> Response:
    return current_app.send_static_file("index.html")


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
