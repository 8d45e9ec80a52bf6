"""Response headers that every answer carries, and the policies of pages."""

from enum import Enum

from flask import Flask, Response

from idp.core.server_settings import ServerSettings

BASE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "publickey-credentials-get=(self), publickey-credentials-create=(self)"


class PagePolicy(Enum):
    """What a page may do.

    INTERACTION pages can end at an app: Chromium applies ``form-action`` to the whole
    redirect chain, so they send none; nor an opener policy, which would cut off popup
    sign-in. ACCOUNT pages never leave this server.
    """

    INTERACTION = "interaction"
    ACCOUNT = "account"


def policy_headers(policy: PagePolicy, *, frame_src: str = "") -> dict[str, str]:
    """Return the headers of one page; ``frame_src`` opens frames to some origins."""
    csp = BASE + (f"; frame-src {frame_src}" if frame_src else "")
    if policy is PagePolicy.INTERACTION:
        return {"Content-Security-Policy": csp}
    return {
        "Content-Security-Policy": f"{csp}; form-action 'self'",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def init_app(app: Flask) -> None:
    """Add the headers that a view did not set itself."""
    server: ServerSettings = app.extensions["idp"][ServerSettings]
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin",
        "Cache-Control": "no-store",
        "Permissions-Policy": PERMISSIONS,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    if server.secure:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        for name, value in always.items():
            if name not in headers:
                headers[name] = value
        return response
