"""Cross-site request forgery: a token bound to the browser, and the Origin header.

Every state change that a cookie can authorise passes ``guard`` before its view runs.
Exempt views authenticate the caller by something a foreign page cannot send.
"""

from collections.abc import Callable
from enum import Enum
from http import HTTPStatus
from typing import TypeVar

from flask import Flask, Request, current_app, g, request
from flask.globals import request_ctx
from werkzeug.wrappers import Response

from idp.core.context import current
from idp.core.errors import IdpError, Trace
from idp.core.randomness import digest
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.web.browser import late_forms
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.redirects import redirect_to

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PURPOSE = "csrf"
AGAIN = ".again"  # ends a token that was given to a browser which had lost its cookies

View = TypeVar("View", bound=Callable[..., object])


class CrossSiteRequest(IdpError):
    """A state change that this browser's own page did not ask for."""

    code = "csrf_rejected"
    status = HTTPStatus.FORBIDDEN
    title = "This request did not come from one of our pages."

    def __init__(self) -> None:
        super().__init__()
        self.trace = Trace("csrf.rejected", None, {"path": request.path})


class Verdict(Enum):
    """What a form token is worth."""

    VALID = "valid"
    STALE = "stale"  # issued here, to this or another session that is over
    FORGED = "forged"


def exempt(view: View) -> View:
    """Take a view out of the guard; say beside it what protects it instead."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def form_token() -> str:
    """Return the token for this browser's forms."""
    token = token_for(g.get("next_session_token") or browser_token())
    return token + AGAIN if g.get("cookies_missing") else token


def bind_forms_to(session_token: str) -> None:
    """Have the forms of this answer fit the session cookie that is sent with it."""
    g.next_session_token = session_token


def token_for(holder: str) -> str:
    """Return the token that is bound to a cookie's value: ``<binding>.<mac>``."""
    binding = digest(holder)[:32]
    return f"{binding}.{current(Keyring).mac(PURPOSE, binding)}"


def judge(token: str | None, browsers: list[str]) -> Verdict:
    """Say what ``token`` is worth to a browser known by ``browsers`` (digests)."""
    binding, _, mac = (token or "").removesuffix(AGAIN).partition(".")
    if not current(Keyring).genuine(PURPOSE, binding, presented=mac):
        return Verdict.FORGED
    known = browsers[:1]
    return Verdict.VALID if binding in [b[:32] for b in known] else Verdict.STALE


def same_origin(incoming: Request, own: frozenset[str]) -> bool:
    """Tell whether the browser says that the request came from our own page.

    Without an Origin header ``Sec-Fetch-Site`` decides; without both the token does.
    ``Referer`` is never read, because privacy tools strip it.
    """
    origin = incoming.headers.get("Origin")
    if origin is not None:
        return origin in own
    return incoming.headers.get("Sec-Fetch-Site") not in ("same-site", "cross-site")


def own_origins() -> frozenset[str]:
    """Return the origins that our pages have in this browser.

    A page may have been served under an alias; the Host rule has accepted that name
    before the guard runs. The scheme is the issuer's, because a proxy may end TLS.
    """
    server = current(ServerSettings)
    scheme = server.issuer.partition(":")[0]
    return frozenset({server.issuer, f"{scheme}://{request.host}"})


def cookies_blocked() -> bool:
    """Tell whether this browser was just given a cookie and did not keep it."""
    missing: bool = g.get("cookies_missing", False)
    return missing and request.form.get(FIELD, "").endswith(AGAIN)


def init_app(app: Flask) -> None:
    """Guard every view of the app."""
    app.before_request(_guard)


def _needs_check(incoming: Request) -> bool:
    """Tell whether the guard applies: a state change without other protection."""
    if incoming.method in SAFE_METHODS or incoming.endpoint is None:
        return False
    view = current_app.view_functions[incoming.endpoint]
    return not getattr(view, "csrf_exempt", False)


def _guard() -> Response | None:
    """Refuse forgeries; have the page of a merely stale form answer it."""
    if not _needs_check(request_ctx.request):
        return None
    token = request.headers.get(HEADER) or request.form.get(FIELD)
    ours = same_origin(request, own_origins())
    verdict = judge(token, browser_digests()) if ours else Verdict.FORGED
    if verdict is Verdict.VALID:
        return None
    if verdict is Verdict.STALE and HEADER not in request.headers:
        g.cookies_missing = not browser_digests()
        return None if late_forms.show_page_instead() else redirect_to("/account")
    raise CrossSiteRequest
