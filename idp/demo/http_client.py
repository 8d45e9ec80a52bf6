"""The demo app's HTTP client: one request, no redirects, bounded in time and size."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlencode, urlsplit

TIMEOUT_SECONDS: Final = 10
MAX_ANSWER_BYTES: Final = 1_000_000


class IssuerUnreachableError(Exception):
    """The issuer gave no usable answer: down, too slow, or not what it claims to be."""

    def __init__(self, *, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """A status and a body: the decoded JSON, or the text when it is not JSON."""

    status: int
    body: object

    def json_object(self) -> dict[str, object]:
        """Give the body if it is a JSON object, else an empty one."""
        return self.body if isinstance(self.body, dict) else {}


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Send one request; a ``form`` goes into the body, urlencoded.

    Refused with IssuerUnreachableError: no connection, no answer in time, an answer
    that breaks HTTP.
    """
    all_headers = {"Accept": "application/json", **(headers or {})}
    body = None
    if form is not None:
        body = urlencode(form)
        all_headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = _connection_to(url)
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request(method, target, body=body, headers=all_headers)
        response = connection.getresponse()
        return HttpResponse(
            status=response.status, body=_decoded(response.read(MAX_ANSWER_BYTES))
        )
    except (OSError, HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise IssuerUnreachableError(url=url, reason=reason) from error
    finally:
        connection.close()


def _connection_to(url: str) -> HTTPConnection:
    """Choose TLS by the scheme; anything but http and https is refused."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    if parts.scheme == "http" and parts.hostname:
        return HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    raise IssuerUnreachableError(url=url, reason="not an http or https URL")


def _decoded(raw: bytes) -> object:
    text = raw.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text
