"""Requests of programs, read whole from their WSGI environment."""

from functools import lru_cache
from http import HTTPStatus
from typing import IO, Any

from werkzeug.wsgi import get_content_length

from idp.core.context import Caller
from idp.oauth.protocol.machine import MachineRequest

MAX_BODY_BYTES = 64 * 1024
PREFIX = "HTTP_"


class UnreadableBody(Exception):
    """A body that is too large, or ends before its announced length."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def read_request(
    environ: dict[str, Any], caller: Caller
) -> tuple[MachineRequest, UnreadableBody | None]:
    """Return a request as a value, and why its body is missing if it is."""
    headers = {
        _header_name(name): value
        for name, value in environ.items()
        if name.startswith(PREFIX)
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    body, unreadable = b"", None
    try:
        body = _read_body(environ)
    except UnreadableBody as error:
        unreadable = error
    request = MachineRequest(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        headers,
        body,
        ip=caller.ip,
        user_agent=caller.user_agent,
    )
    return request, unreadable


@lru_cache(maxsize=256)
def _header_name(variable: str) -> str:
    """Return the name of a header from that of its WSGI variable."""
    return variable.removeprefix(PREFIX).replace("_", "-").lower()


def _read_body(environ: dict[str, Any]) -> bytes:
    """Return the body; one of unknown length counts where the server marks its end."""
    length = get_content_length(environ)
    if length is None:
        ends = environ.get("wsgi.input_terminated", False)
        return _read_to(environ["wsgi.input"], MAX_BODY_BYTES + 1) if ends else b""
    if length > MAX_BODY_BYTES:
        raise UnreadableBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = _read_to(environ["wsgi.input"], length)
    if len(body) < length:
        raise UnreadableBody(HTTPStatus.BAD_REQUEST)
    return body


def _read_to(stream: IO[bytes], length: int) -> bytes:
    """Return so many bytes, or all there are."""
    body = stream.read(length)
    while len(body) < length:
        more = stream.read(length - len(body))
        if not more:
            break
        body += more
    if len(body) > MAX_BODY_BYTES:
        raise UnreadableBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body
