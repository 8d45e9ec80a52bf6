"""The demo app's Flask application."""

from flask import Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from idp.demo import spa, web
from idp.demo.config import DemoConfig
from idp.demo.http_client import IssuerUnreachableError
from idp.demo.sessions import SessionStore

__all__ = ["DemoConfig", "create_demo_app"]


def create_demo_app(config: DemoConfig) -> Flask:
    """Build the demo app for one issuer.

    Sessions live in memory: serve it from one process, with as many threads as
    wanted. The cookie is named ``demo_session`` and its port, because cookies ignore
    ports, and the issuer and further demo apps live on the same host in development.
    """
    app = Flask(__name__)
    app.secret_key = config.cookie_secret
    app.config.update(
        SESSION_COOKIE_NAME=config.cookie_name,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https:"),
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.extensions["demo_config"] = config
    app.extensions["demo_sessions"] = SessionStore()
    app.register_blueprint(web.bp)
    app.register_blueprint(spa.bp)
    app.add_url_rule("/", view_func=_home)
    app.before_request(_require_own_origin)
    app.after_request(_add_headers)
    app.register_error_handler(IssuerUnreachableError, _issuer_unreachable)
    app.register_error_handler(404, _not_found)
    app.context_processor(lambda: {"config": config})
    return app


def _home() -> ResponseReturnValue:
    """Explain the demo and lead to its two apps."""
    return render_template("home.html")


def _require_own_origin() -> ResponseReturnValue | None:
    """Keep the browser on one origin, and forms of other origins out.

    Redirect URIs and the cookie belong to one host name, so a page asked for under
    another one (127.0.0.1 for localhost) is redirected. A POST must come from a page
    of this app: SameSite cookies do not tell ports of one host apart.
    """
    config = web.config()
    own = request.host == config.host
    if request.method in {"GET", "HEAD"}:
        path = request.full_path.removesuffix("?")
        return None if own else redirect(config.base_url + path, code=302)
    if own and request.headers.get("Origin", config.base_url) == config.base_url:
        return None
    return Response("This form belongs to another origin.\n", 400)


def _add_headers(response: Response) -> Response:
    """Allow this app's own files, and requests to the issuer; nothing inline.

    No form-action: browsers apply it to the redirect that answers a form, and here
    that redirect leads to the issuer.
    """
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; "
        f"connect-src 'self' {web.config().issuer_origin}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _issuer_unreachable(error: IssuerUnreachableError) -> ResponseReturnValue:
    """Say that the issuer does not answer, and where it was looked for."""
    return render_template("unreachable.html", problem=error), 502


def _not_found(_error: Exception) -> ResponseReturnValue:
    """Lead a lost visitor back to the start."""
    return render_template("not_found.html"), 404
