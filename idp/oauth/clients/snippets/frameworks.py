"""Small apps in the frameworks of today that sign people in, ready to paste (pure).

Each is a file that runs as it stands, in ``files``: tests run them.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from idp.oauth.clients.snippets.setup import (
    SECRET_VARIABLE,
    Setup,
    Snippet,
    SnippetFile,
    quoted,
)

FILES = Path(__file__).with_name("files")


def flask(setup: Setup) -> Snippet:
    """Return an app of Flask with Authlib."""
    return _app(
        "authlib", "Flask with Authlib", setup=setup, files={"app.py": "flask.app.py"}
    )


def fastapi(setup: Setup) -> Snippet:
    """Return an app of FastAPI with Authlib."""
    files = {"app.py": "fastapi.app.py"}
    return _app("fastapi", "FastAPI with Authlib", setup=setup, files=files)


def django(setup: Setup) -> Snippet:
    """Return views of Django with Authlib."""
    files = {"views.py": "django.views.py", "urls.py": "django.urls.py"}
    return _app("django", "Django with Authlib", setup=setup, files=files)


def auth_js(setup: Setup) -> Snippet:
    """Return what a Next.js app has of Auth.js 5."""
    route = "app/api/auth/[...nextauth]/route.ts"
    files = {"auth.ts": "authjs.auth.ts", route: "authjs.route.ts"}
    return _app("authjs", "Auth.js 5 (Next.js)", setup=setup, files=files)


def express(setup: Setup) -> Snippet:
    """Return an app of Express."""
    return _app("express", "Express", setup=setup, files={"app.mjs": "express.app.mjs"})


def spring(setup: Setup) -> Snippet:
    """Return what a Spring Boot app has of Spring Security's client."""
    files = {
        "application.properties": "spring.application.properties",
        "SecurityConfig.java": "spring.SecurityConfig.java",
    }
    return _app("spring", "Spring Boot 3", setup=setup, files=files)


def go(setup: Setup) -> Snippet:
    """Return a program in Go."""
    return _app("go", "Go", setup=setup, files={"main.go": "go.main.go"})


def aspnet(setup: Setup) -> Snippet:
    """Return an app of ASP.NET Core."""
    files = {"Program.cs": "aspnet.Program.cs"}
    return _app("aspnet", "ASP.NET Core", setup=setup, files=files)


def oidc_client_ts(setup: Setup) -> Snippet:
    """Return a user manager of oidc-client-ts."""
    files = {"auth.js": "oidc-client-ts.auth.js"}
    return _app("oidc-client-ts", "oidc-client-ts", setup=setup, files=files)


def _app(target: str, title: str, *, setup: Setup, files: Mapping[str, str]) -> Snippet:
    """Return the files of an app, by the name that each has there."""
    told, read = _told(setup), _environment().get_template
    filled = (
        SnippetFile(name, read(f"{kept}.txt").render(told))
        for name, kept in files.items()
    )
    return Snippet(target, title, tuple(filled))


def _told(setup: Setup) -> dict[str, Any]:
    """Return what the files are filled with."""
    return {
        "auth_method": setup.auth_method,
        "base": setup.base,
        "callback_path": setup.callback_path,
        "claims_in_id_token": setup.claims_in_id_token,
        "client_id": setup.client_id,
        "client_name": setup.client_name,
        "discovery": setup.discovery,
        "issuer": setup.issuer,
        "port": setup.port,
        "post_logout_uri": setup.post_logout_uri,
        "posts_secret": setup.posts_secret,
        "redirect_uri": setup.redirect_uri,
        "scope": setup.scope,
        "scopes": setup.scope.split(),
        "secret_variable": SECRET_VARIABLE,
    }


@cache
def _environment() -> Environment:
    """Return how the files are read; code has braces of its own."""
    environment = Environment(
        loader=FileSystemLoader(FILES),
        autoescape=False,  # noqa: S701 - code, and pages escape it
        undefined=StrictUndefined,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = quoted
    return environment
