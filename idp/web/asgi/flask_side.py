"""Flask's side of a request: its WSGI environment, and the answer collected."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from idp.web.asgi.receiving import Received
from idp.web.machine.front import Environ, Wsgi

WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


@dataclass(frozen=True, slots=True)
class BufferedResponse:
    """A whole answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def environ_of(received: Received) -> Environ:
    """Return the WSGI environment of a request (PEP 3333).

    One that is too large keeps the length that it announced, or counts as longer than
    anything: Flask refuses it, as is usual for its view.
    """
    scope = received.scope
    _, port = scope["server"] or ("", None)
    client = scope["client"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": "",  # it would stand in for a Host that is missing
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(received.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client:
        environ["REMOTE_ADDR"] = client[0]
    for name, value in received.headers.items():
        variable = WITHOUT_PREFIX.get(name) or _variable(name)
        environ[variable] = value
    if environ.pop("HTTP_TRANSFER_ENCODING", None):  # undone by whoever received it
        length = sys.maxsize if received.unreadable else len(received.body)
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def run(app: Wsgi, environ: Environ) -> BufferedResponse:
    """Run a WSGI app to the end of its answer."""
    began: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], *_exc_info: Any
    ) -> Any:
        began[:] = [(status, headers)]
        return written.append

    chunks: Iterable[bytes] = app(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    status, headers = began[0]
    return BufferedResponse(int(status[:3]), headers, b"".join(written))


def _variable(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")
