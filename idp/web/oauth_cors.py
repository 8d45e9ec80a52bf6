"""Cross-origin calls to machine endpoints (security.md §7; WHATWG Fetch §3.2).

A registered client's pages may read its own answers, errors too; never with cookies.
A preflight names no client, so it is answered for every registered origin.
"""

from flask import Blueprint, Response, g, request
from sqlalchemy import bindparam, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.core.db import db, table_of
from idp.oauth.clients.view import ClientView
from idp.oauth.models import ClientOrigin
from idp.web.machine.in_flask import MachineResponse

ALLOWED_HEADERS = "Authorization, Content-Type"
EXPOSED_HEADERS = "WWW-Authenticate, Retry-After"
PREFLIGHT_SECONDS = 7200
MAX_ORIGIN = 300

origins = table_of(ClientOrigin)
FIND = (
    select(origins.c.client_id).where(origins.c.origin == bindparam("origin")).limit(1)
)


def allow_registered_origins(blueprint: Blueprint, path: str, *, methods: str) -> None:
    """Answer preflights of ``path`` and mark all answers of the blueprint."""

    def preflight() -> Response:
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
        return response

    blueprint.add_url_rule(path, "preflight", preflight, methods=["OPTIONS"])
    blueprint.after_request(_mark)


def is_registered(origin: str) -> bool:
    """Tell whether some client lives at ``origin``."""
    if len(origin) > MAX_ORIGIN or not origin.isprintable():
        return False
    try:
        found = db.session.execute(FIND, {"origin": origin}).one_or_none()
    except (OperationalError, PoolTimeout):
        return False  # the answer itself already says that the database is away
    return found is not None


def _mark(response: Response) -> Response:
    """Let the calling page read the answer if its origin is registered."""
    origin = request.headers.get("Origin")
    if origin is None:
        return response
    response.headers.add("Vary", "Origin")
    if _permitted(origin, response):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    return response


def _permitted(origin: str, response: Response) -> bool:
    """Tell whether pages of ``origin`` may read: this client's, else any client's."""
    if isinstance(response, MachineResponse) and response.readable_by is not None:
        return origin in response.readable_by
    client: ClientView | None = g.get("oauth_client")
    if client is not None:
        return origin in client.origins
    return is_registered(origin)
