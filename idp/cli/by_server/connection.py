"""One running server, called with an API key: what is answered, and what is refused."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from mimetypes import guess_type
from pathlib import Path
from ssl import create_default_context
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import click

from idp.cli.application import BY_SERVER
from idp.core.errors import FieldError, IdpError

SECONDS = 30
PAGE = 100
DEFAULT_PORTS = {"http": 80, "https": 443}


class Unreachable(IdpError):
    """A server that cannot be asked, or that answers something else than it should."""

    code = "unreachable"
    status = HTTPStatus.BAD_GATEWAY
    title = "The server cannot be reached."


@dataclass(frozen=True)
class Server:
    """Where a server is, and the key that opens it."""

    url: SplitResult
    key: str

    def get(self, path: str, **query: object) -> Any:
        """Return what is answered; a query value of None is left out."""
        return self.send("GET", path, query=query)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: dict[str, object] | None = None,
        content_type: str = "application/json",
    ) -> Any:
        """Return what is answered as JSON values, None for nothing.

        A body of bytes is sent as it is, else as JSON.

        Raises what the server refused, and Unreachable. A redirect is not followed: the
        key is for this server alone.
        """
        given = query or {}
        asked = {name: value for name, value in given.items() if value is not None}
        target = f"{self.url.path.rstrip('/')}{path}"
        target += f"?{urlencode(asked)}" if asked else ""
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        sent = body if isinstance(body, bytes) else _as_json(body)
        if sent is not None:
            headers["Content-Type"] = content_type
        connection = self._connect()
        try:
            connection.request(method, target, body=sent, headers=headers)
            answer = connection.getresponse()
            return _read(answer, answer.read())
        except (OSError, HTTPException) as error:
            said = f"{self.url.geturl()}: {type(error).__name__} {error}"
            raise Unreachable([FieldError("server", "unreachable", said)]) from error
        finally:
            connection.close()

    def send_file(self, path: str, file: Path) -> Any:
        """Put a file, under the type that its name says; return what is answered."""
        kind = guess_type(file.name)[0] or "application/octet-stream"
        return self.send("PUT", path, body=file.read_bytes(), content_type=kind)

    def items(self, path: str, *, limit: int | None = None, **query: object) -> Any:
        """Return the items of a list, page after page, ``limit`` at most."""
        found: list[Any] = []
        for page in self._pages(path, query=query):
            found += page
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def _pages(self, path: str, *, query: dict[str, object]) -> Iterator[list[Any]]:
        """Yield the pages of a list."""
        cursor = None
        while True:
            page = self.get(path, **query, limit=PAGE, cursor=cursor)
            yield page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _connect(self) -> HTTPConnection:
        """Return a connection; TLS is verified by the certificates of the system."""
        host = self.url.hostname or ""
        port = self.url.port or DEFAULT_PORTS[self.url.scheme]
        if self.url.scheme == "https":
            context = create_default_context()
            return HTTPSConnection(host, port, timeout=SECONDS, context=context)
        return HTTPConnection(host, port, timeout=SECONDS)


def open_server(address: str, key_file: str) -> Server:
    """Return the server of an address, with the key that a file holds.

    Raises UsageError for an address that would send the key in the open, and for a file
    without a key.
    """
    url = _parsed(address)
    if url is None or url.scheme not in DEFAULT_PORTS or not url.hostname:
        raise click.UsageError(f"--server {address} is no address like https://HOST.")
    if url.scheme == "http" and not _is_loopback(url.hostname):
        raise click.UsageError("Without TLS a key goes to this machine alone: https.")
    try:
        key = Path(key_file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise click.UsageError(f"--api-key-file {key_file}: {error}") from error
    if not key or not key.isprintable() or " " in key:
        raise click.UsageError(f"--api-key-file {key_file} holds no key.")
    return Server(url, key)


def by_server(command: click.Command) -> Callable[[Callable[..., None]], None]:
    """Say how a command acts at a running server: it prints what it prints here."""

    def remember(act: Callable[..., None]) -> None:
        BY_SERVER[command.callback] = act

    return remember


def segment(value: str) -> str:
    """Return a value as one part of a path."""
    return quote(value, safe="")


def _as_json(body: object) -> bytes | None:
    """Return a body as it is sent, None for none."""
    return None if body is None else json.dumps(body).encode()


def _read(answer: HTTPResponse, content: bytes) -> Any:
    """Return what an answer holds; raises what it refuses, and Unreachable."""
    with suppress(ValueError):
        told = json.loads(content) if content else None
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return told
        if isinstance(told, dict) and "code" in told:
            raise _refusal(answer.status, told)
    said = f"It answered {answer.status}, which is nothing of this API."
    raise Unreachable([FieldError("server", "unreachable", said)])


def _refusal(status: int, problem: dict[str, Any]) -> IdpError:
    """Return what the server refused, in its own words (RFC 9457)."""
    errors = [
        FieldError(each["field"], each["code"], each["message"])
        for each in problem.get("errors") or ()
    ]
    said = {"code": problem["code"], "title": problem.get("title", "Refused.")}
    kind = type("RefusedByServer", (IdpError,), {**said, "status": HTTPStatus(status)})
    refused: IdpError = kind(errors)
    return refused


def _parsed(address: str) -> SplitResult | None:
    """Return the parts of an address; None for one that is none, or says too much."""
    with suppress(ValueError):  # so tells urllib of a host or a port that is none
        url = urlsplit(address)
        plain = not (url.query or url.username)
        return url if plain and (url.port is None or url.port > 0) else None
    return None


def _is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False
