"""Response headers that every answer carries, and the policies of pages."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from flask import Flask

from idp.core.context import provide
from idp.core.settings.server import ServerSettings

BASE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'"
)
WIDENED = re.compile("((?:style|script|connect)-src 'self')")
NOBODY = "'none'"
PERMISSIONS = "publickey-credentials-get=(self), publickey-credentials-create=(self)"


class PagePolicy(Enum):
    """What a page may do.

    INTERACTION pages can end at an app: Chromium applies ``form-action`` to the whole
    redirect chain, so they send none; nor an opener policy, which would cut off popup
    sign-in. ACCOUNT pages never leave this server.
    """

    INTERACTION = "interaction"
    ACCOUNT = "account"


def policy_headers(
    policy: PagePolicy,
    *,
    frame_src: str = "",
    framed_by: str | None = None,
    widget_src: Iterable[str] = (),
) -> dict[str, str]:
    """Return the headers of one page.

    ``frame_src`` opens its frames to some origins; ``framed_by`` is the one that may
    hold the page in a frame; the widget of ``widget_src`` has scripts, styles, frames
    and calls of its own.
    """
    widget = " ".join(widget_src)
    framed = f"{frame_src} {widget}".strip()
    frames = f"; frame-src {framed}" if framed else ""
    base = WIDENED.sub(rf"\1 {widget}", BASE) if widget else BASE
    csp = f"{base}{frames}; frame-ancestors {framed_by or NOBODY}"
    if policy is PagePolicy.INTERACTION:
        return {"Content-Security-Policy": csp}
    return {
        "Content-Security-Policy": f"{csp}; form-action 'self'",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


class AlwaysSent:
    """The headers of every answer that does not have them itself."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._always = [
            (name.lower(), (name, value)) for name, value in headers.items()
        ]

    def complete(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the headers of an answer with those that it lacks."""
        present = {name.lower() for name, _ in headers}
        return headers + [pair for key, pair in self._always if key not in present]


class SafeHeaders:
    """A WSGI layer that adds headers to every answer that does not have them itself.

    Around Flask rather than in it: its answers and those given before it pass alike,
    and a list is cheaper to look through once than a header object once for each name.
    """

    def __init__(self, app: Callable[..., Any], always: AlwaysSent) -> None:
        self._app = app
        self._always = always

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer by the app inside."""

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, self._always.complete(headers), *exc_info)

        answer: Iterable[bytes] = self._app(environ, start)
        return answer


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
        below = "; includeSubDomains" if server.hsts_subdomains else ""
        always["Strict-Transport-Security"] = f"max-age=31536000{below}"
    sent = AlwaysSent(always)
    provide(app, sent)
    app.wsgi_app = SafeHeaders(app.wsgi_app, sent)  # type: ignore[method-assign]
