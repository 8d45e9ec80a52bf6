"""Rendering a hosted page: its template, its policy, its static files."""

import mimetypes
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, Response, abort, g, make_response, render_template, request

from idp.core.branding.instance import (
    InstanceBranding,
    instance_branding,
    latest_branding,
)
from idp.core.log import request_id
from idp.core.pictures.addresses import own_picture_path
from idp.core.randomness import digest_bytes
from idp.oauth.clients.branding.files import Brand
from idp.security.challenge.guard import Challenge
from idp.web.browser.cookies import drop_cookie, set_cookie
from idp.web.browser.late_forms import came_late
from idp.web.callers.this_machine import outbox_url
from idp.web.http.headers import PagePolicy, policy_headers
from idp.web.words import browser_name

STATIC = Path(__file__).parent.parent / "static"
THEMES = ("light", "dark")
FOLLOW_SYSTEM = "system"
THEME_COOKIE = "idp-theme"
ONE_YEAR = 31_536_000
PREFERENCES_PATH = "/language"


def page(
    template: str,
    *,
    policy: PagePolicy = PagePolicy.ACCOUNT,
    status: int = 200,
    frame_src: str = "",
    framed_by: str | None = None,
    challenge: Challenge | None = None,
    **context: Any,
) -> Response:
    """Return a rendered page with its Content-Security-Policy.

    ``framed_by`` is the one origin that may hold it in a frame; ``challenge`` is what
    its form asks for.
    """
    rendered = render_template(template, challenge=challenge, **context)
    response = make_response(rendered, status)
    headers = policy_headers(
        policy,
        frame_src=frame_src,
        framed_by=framed_by,
        widget_src=challenge.sources if challenge else (),
    )
    response.headers.update(headers)
    return response


def interaction_page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Return a page that can end at an app: sign-in, consent, sign-out, errors."""
    return page(template, policy=PagePolicy.INTERACTION, status=status, **context)


def set_branding(brand: Callable[[], Brand | None]) -> None:
    """Give this request's page the branding of its client, found when one is shown."""
    g.brand = brand


@dataclass(frozen=True)
class StaticFile:
    """One file of ours: what is sent, and the short fingerprint of that."""

    body: bytes
    content_type: str
    fingerprint: str


def keep_theme(response: Response, name: str | None) -> Response:
    """Remember a theme in this browser; ``system`` forgets it; no other name counts."""
    if name in THEMES:
        set_cookie(response, THEME_COOKIE, value=name, max_age=ONE_YEAR)
    elif name == FOLLOW_SYSTEM:
        drop_cookie(response, THEME_COOKIE)
    return response


def init_app(app: Flask) -> None:
    """Register the static route and what all templates know."""
    app.add_url_rule("/static/<fingerprint>/<name>", "static", _static_file)
    app.jinja_env.globals.update(
        static_url=_static_url,
        browser_name=browser_name,
        own_picture=own_picture_path,
        preferences_url=_preferences_url,
        outbox_url=outbox_url,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def page_context() -> dict[str, object]:
        return {
            "theme": _theme(),
            "brand": g.brand() if "brand" in g else None,
            **_instance_context(),
            "reference": request_id(),
            "came_late": came_late(),
            "still": "still" in g,
        }


def show_latest_branding() -> None:
    """Show this request's page in the look that is known, and ask for nothing."""
    g.instance = latest_branding()


def preview_branding(instance: InstanceBranding, *, theme: str | None) -> None:
    """Show this request's page in another look of the server, and in a theme.

    Its frame runs no scripts, and complains of those that a page names.
    """
    g.instance, g.theme = instance, theme if theme in THEMES else None
    g.still = True


def _instance_context() -> dict[str, object]:
    """Return how the server itself looks."""
    shown = g.instance if "instance" in g else instance_branding()
    return {"instance": shown, "issuer_name": shown.shown_name}


@cache
def _static_files() -> dict[str, StaticFile]:
    """Read all static files, by name; they are few, small, and part of the program."""
    files = {}
    for path in STATIC.iterdir():
        body = path.read_bytes()
        fingerprint = urlsafe_b64encode(digest_bytes(body))[:10].decode()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        files[path.name] = StaticFile(body, kind, fingerprint)
    return files


def _static_url(name: str) -> str:
    """Return a URL that changes with the file, so that it may be cached for ever."""
    return f"/static/{_static_files()[name].fingerprint}/{name}"


def _theme() -> str | None:
    """Return the theme a person chose for this browser; None follows the system."""
    if "theme" in g:
        return cast("str | None", g.theme)
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else None


def _preferences_url(form_continue: Mapping[str, str] | None = None) -> str | None:
    """Return where language and theme are chosen, and from there back to this page.

    ``form_continue`` is what the page's form carries along, which a page that answers
    a POST does not have in its address. The page of the choice itself has no link.
    """
    if request.path == PREFERENCES_PATH:
        return None
    back = request.full_path.rstrip("?")
    if request.method == "POST":
        kept = (form_continue or {}).get("return_to")
        query = f"?{urlencode({'return_to': kept})}" if kept else ""
        back = request.path + query
    return f"{PREFERENCES_PATH}?{urlencode({'return_to': back})}"


def _static_file(fingerprint: str, name: str) -> Response:
    """Serve a static file; under its fingerprint it never changes."""
    found = _static_files().get(name)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    kept = f"public, max-age={ONE_YEAR}, immutable"
    response = Response(found.body, content_type=found.content_type)
    current_one = fingerprint == found.fingerprint
    response.headers["Cache-Control"] = kept if current_one else "no-cache"
    return response
