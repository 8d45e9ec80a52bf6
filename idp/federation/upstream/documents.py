"""What upstream providers answer: JSON, within the bounds of the outgoing client."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from idp.core.context import current
from idp.federation.upstream.errors import UpstreamAway, UpstreamError
from idp.security import audit
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound, Request

JSON = "application/json"


def fetch_json(url: str, *, token: str | None = None) -> Any:
    """Return what is at ``url``, with an access token if there is one.

    Raises UpstreamAway, or UpstreamError for what is no JSON or a refusal.
    """
    headers = {"Accept": JSON}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    answer = send(Request(url, headers))
    if answer.status != HTTPStatus.OK:
        raise UpstreamError("refused")
    return read_json(answer.body)


def send(request: Request) -> Fetched:
    """Send a request; raises UpstreamAway where no usable answer comes."""
    answer = current(Outbound).for_operators().send(request)
    if isinstance(answer, Blocked):
        audit.note("ssrf.blocked", outcome="refused", host=answer.host)
        raise UpstreamAway(f"blocked_{answer.reason}")
    if isinstance(answer, Failed):
        raise UpstreamAway(answer.reason)
    busy = answer.status == HTTPStatus.TOO_MANY_REQUESTS
    if busy or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UpstreamAway("status")
    return answer


def read_json(body: bytes | str) -> Any:
    """Return a JSON text's value; raises UpstreamError for what is none."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UpstreamError("no_json") from error


def as_object(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; raises UpstreamError for any other value."""
    if not isinstance(value, dict):
        raise UpstreamError("no_json")
    return value


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON does not have (RFC 8259 §6)."""
    raise ValueError(name)
