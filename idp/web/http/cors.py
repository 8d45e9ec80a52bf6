"""Cross-origin calls: of endpoints for programs, and of the account API by a token.

Cookies never travel. The origins of a client are those of its redirect URIs. Its pages
may read its own answers, errors too; while the caller is unknown, as in a preflight,
any client's may (security.md §7; WHATWG Fetch §3.2).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from flask import Request, Response, g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.accounts.access.principal import Caller, Machine
from idp.core.context import current
from idp.oauth.clients.account_client import is_other_client
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.origins import is_registered
from idp.oauth.protocol.machine import MachineAnswer
from idp.web.http.negotiation import SharedPaths
from idp.web.json.operations import Auth
from idp.web.machine.endpoint import Endpoint, Readers

EXPOSED = (
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)
ACCEPTED = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match")
PREFLIGHT_SECONDS = 600

TO_ANYONE = (("Access-Control-Allow-Origin", "*"),)
PREFLIGHT_OF_ANYONE = (
    ("Access-Control-Allow-Methods", "GET"),
    ("Access-Control-Allow-Headers", "*, Authorization"),
    ("Access-Control-Max-Age", "600"),
)
ACCEPTED_OF_REGISTERED = ("Authorization", "Content-Type")
PREFLIGHT_OF_REGISTERED = (("Access-Control-Max-Age", "7200"),)
FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.1
EXPOSED_TO_REGISTERED = "WWW-Authenticate, Retry-After, X-Request-Id"
VARIES = ("Vary", "Origin")


def preflight(endpoint: Endpoint, *, announced: str | None) -> MachineAnswer:
    """Answer OPTIONS at an endpoint, still without the origin that may read it.

    ``announced`` is what the browser says of the headers that it will send.
    """
    if endpoint.readers is Readers.NOBODY:
        allow = ("Allow", ", ".join(sorted(endpoint.understood)))
        return MachineAnswer(200, (allow,), b"")
    if endpoint.readers is Readers.ANYONE:
        return MachineAnswer(204, PREFLIGHT_OF_ANYONE, b"")
    methods = ("Access-Control-Allow-Methods", ", ".join(endpoint.methods))
    accepted = _accepted(ACCEPTED_OF_REGISTERED, announced)
    headers = ("Access-Control-Allow-Headers", ", ".join(accepted))
    return MachineAnswer(204, (methods, headers, *PREFLIGHT_OF_REGISTERED), b"")


def mark(
    answer: MachineAnswer, endpoint: Endpoint, *, origin: str | None
) -> MachineAnswer:
    """Let the pages that may read an endpoint's answer do so."""
    if endpoint.readers is Readers.ANYONE:
        return replace(answer, headers=(*answer.headers, *TO_ANYONE))
    if origin is None or endpoint.readers is Readers.NOBODY:
        return answer
    headers = (*answer.headers, VARIES)
    if _may_read(answer, origin):
        headers += (
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", EXPOSED_TO_REGISTERED),
        )
    return replace(answer, headers=headers)


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
        announced = request.headers.get("Access-Control-Request-Headers")
        accepted = _accepted(ACCEPTED, announced)
        _allow_preflight(response, origin, methods=[asked], accept=accepted)
    else:
        _allow_origin(response, origin, expose=EXPOSED)
    return response


def _accepted(always: Sequence[str], announced: str | None) -> list[str]:
    """Return the names of headers that a page may send: also those it announces.

    Cookies never travel, so no other header says more than the page itself could.
    """
    known = {name.lower() for name in always}
    names = [name.strip() for name in (announced or "").split(",")]
    others = [n for n in names if FIELD_NAME.fullmatch(n) and n.lower() not in known]
    return [*always, *dict.fromkeys(others)]


def _may_read(answer: MachineAnswer, origin: str) -> bool:
    """Tell whether pages of ``origin`` may read: this client's, else any client's."""
    if answer.readable_by is not None:
        return origin in answer.readable_by
    try:
        return is_registered(origin)
    except (OperationalError, PoolTimeout):
        return False  # the answer itself already says that the database is away


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

    While the caller is unknown, as in a preflight or an error, any client's does; so
    it does for a token of our own, whose client has no page. A program has none.
    """
    who: Caller | None = g.get("principal")
    if isinstance(who, Machine):
        return False
    if who is None or not is_other_client(who.client_id):
        return is_registered(origin)
    client = find_client(who.client_id) if who.client_id else None
    return client is not None and origin in client.origins
