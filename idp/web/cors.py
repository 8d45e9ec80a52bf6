"""Cross-origin calls of the account API: with a bearer token, never with cookies.

Which origins there are is oauth's to know, from the registered redirect URIs; it fills
in ``Origins`` in ``create_app``. A preflight names no client, so any client's origin
passes there; the answer to a token goes to that client's origins only (security.md §7).
"""

from collections.abc import Sequence
from typing import Protocol

from flask import Flask, Request, Response, g, request

from idp.core.context import current, provide
from idp.web.bearer import Principal
from idp.web.json.operations import Auth
from idp.web.negotiation import SharedPaths

EXPOSED = ("ETag", "Link", "Location", "Retry-After", "WWW-Authenticate")
ACCEPTED = ("Authorization", "Content-Type")
PREFLIGHT_SECONDS = 600


class AllowedOrigins(Protocol):
    """What the registry of clients can say about an origin."""

    def any_client(self, origin: str) -> bool:
        """Tell whether some registered client lives at ``origin``."""

    def of_client(self, client_id: str, origin: str) -> bool:
        """Tell whether this client lives at ``origin``."""


class Nobody:
    """No origins: what holds until the registry of clients is there."""

    def any_client(self, origin: str) -> bool:
        """Tell that none does."""
        return False

    def of_client(self, client_id: str, origin: str) -> bool:
        """Tell that it does not."""
        return False


class Origins:
    """The app's allowed origins, filled in ``create_app``."""

    def __init__(self, allowed: AllowedOrigins) -> None:
        self.allowed = allowed


def add_headers(response: Response) -> Response:
    """Open an answer of the account API to the origins of registered clients."""
    rule, asked = request.url_rule, _asked_method(request)
    if rule is None:
        return response
    operation = current(SharedPaths).operation(
        rule.rule, method=asked or request.method
    )
    if operation is None or operation.auth is Auth.NONE:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if not origin or not _speaks_bearer(request) or not _origin_allowed(origin):
        return response
    if asked:
        _allow_preflight(response, origin, methods=[asked], accept=ACCEPTED)
    else:
        _allow_origin(response, origin, expose=EXPOSED)
    return response


def init_app(app: Flask) -> None:
    """Give the app its allowed origins: nobody's, until a slice knows better."""
    provide(app, Origins(Nobody()))


def _allow_origin(response: Response, origin: str, *, expose: Sequence[str]) -> None:
    """Let scripts of ``origin`` read the answer and the headers in ``expose``.

    ``Access-Control-Allow-Credentials`` is never sent: cookies do not travel.
    """
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = ", ".join(expose)


def _allow_preflight(
    response: Response, origin: str, *, methods: Sequence[str], accept: Sequence[str]
) -> None:
    """Let scripts of ``origin`` send ``methods`` with the headers in ``accept``."""
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(accept)
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _asked_method(incoming: Request) -> str | None:
    """Return the method that a preflight asks for; None for other requests."""
    if incoming.method != "OPTIONS":
        return None
    return incoming.headers.get("Access-Control-Request-Method")


def _speaks_bearer(incoming: Request) -> bool:
    """Tell whether a token comes with the request, or will after this preflight."""
    if incoming.method == "OPTIONS":
        names = incoming.headers.get("Access-Control-Request-Headers", "")
        return "authorization" in [name.strip().lower() for name in names.split(",")]
    return incoming.headers.get("Authorization", "").lower().startswith("bearer ")


def _origin_allowed(origin: str) -> bool:
    """Tell whether this caller's client lives at ``origin``.

    While the caller is unknown, as in a preflight or an error, any client's does.
    """
    allowed = current(Origins).allowed
    who: Principal | None = g.get("principal")
    if who is not None and who.client_id is not None:
        return allowed.of_client(who.client_id, origin)
    return allowed.any_client(origin)
