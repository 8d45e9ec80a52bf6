"""An app behind a backend for frontend, by either face, and a page that calls it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
from flask import Flask

from idp_rp import Api, Bff, BffSettings
from idp_rp.asgi import BffApp
from idp_rp.flask import bff_blueprint
from idp_rp.sessions.stores import Store
from idp_rp.sessions.stores.memory import MemoryStore

ORIGIN = "https://app.example"
API = "https://api.example/v1"
RESOURCE = "https://notes.example"
KEY = "k" * 40
NAME = "__Host-bff"
PAGE = {"X-BFF": "1"}


def settings(**changed: Any) -> BffSettings:
    """Return the settings of an app with one API."""
    usual = {
        "client_id": "app",
        "client_secret": "a secret: with + and %",
        "base_url": ORIGIN,
        "keys": [KEY],
        "scope": "openid profile",
        "apis": {"notes": Api(API, RESOURCE, "notes:read")},
    }
    return BffSettings(**(usual | changed))


class ByHost(httpx.BaseTransport):
    """The network: each host is an application of this process."""

    def __init__(self, hosts: Mapping[str, httpx.BaseTransport]) -> None:
        self.hosts = hosts

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.hosts[request.url.host].handle_request(request)
        if not answer.is_stream_consumed:
            return answer
        stream = httpx.ByteStream(answer.content)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=stream)


@dataclass
class NotesApi:
    """The API. It answers with what ``answer`` says and notes what it was sent."""

    answer: Callable[[httpx.Request], httpx.Response] | None = None
    seen: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.seen.append(request)
        if self.answer:
            return self.answer(request)
        return httpx.Response(200, json={"path": request.url.raw_path.decode()})

    @property
    def last(self) -> httpx.Request:
        """The last request."""
        return self.seen[-1]


def told_in_turn(
    happened: list[object],
    pieces: Iterable[bytes],
    kind: str = "text/event-stream",
    **headers: str,
) -> Callable[[httpx.Request], httpx.Response]:
    """Answer with pieces, and note when each was asked for."""

    def written() -> Iterator[bytes]:
        for number, piece in enumerate(pieces):
            happened.append(f"asked for {number}")
            yield piece

    return lambda _request: httpx.Response(
        200, headers={"Content-Type": kind, **headers}, content=written()
    )


def wsgi_of(bff: Bff) -> Flask:
    """Return a Flask app with the blueprint and a page of its own."""
    app = Flask("app")
    app.register_blueprint(bff_blueprint(bff))
    app.add_url_rule("/", "page", lambda: "the page")
    return app


class AsgiTransport(httpx.BaseTransport):
    """Calls an ASGI app from a test that is no coroutine."""

    def __init__(self, bff: Bff) -> None:
        self.inner = httpx.ASGITransport(BffApp(bff))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            body = request.read()
            sent = httpx.Request(
                request.method, request.url, headers=request.headers, content=body
            )
            answer = await self.inner.handle_async_request(sent)
            raw = await answer.aread()
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=raw
            )

        return anyio.run(partial(ask))


FACES = {
    "flask": lambda bff: httpx.WSGITransport(wsgi_of(bff)),
    "asgi": AsgiTransport,
}


class Tab:
    """A browser at the app, which keeps cookies and follows nothing by itself."""

    def __init__(self, bff: Bff, face: str = "flask") -> None:
        self.http = httpx.Client(transport=FACES[face](bff), base_url=ORIGIN)

    def start(self, return_to: str | None = None) -> str:
        """Begin to sign in; return where the browser is sent."""
        query = {"return_to": return_to} if return_to else {}
        answer = self.http.get("/bff/login", params=query)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def back(self, answer: Mapping[str, str]) -> httpx.Response:
        """Come back from the issuer with an answer."""
        return self.http.get("/bff/callback", params=dict(answer))

    def leave(self) -> str:
        """Sign out as the page does; return where the browser is sent."""
        url = self.call("/logout", "POST").json()["logout_url"]
        answer = self.http.get(url, headers={"Sec-Fetch-Mode": "navigate"})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def call(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Call a route of the BFF as the page's scripts do."""
        headers = PAGE | more.pop("headers", {})
        return self.http.request(method, f"/bff{path}", headers=headers, **more)

    @property
    def user(self) -> dict[str, Any] | None:
        """Who is signed in."""
        answer = self.call("/user")
        assert answer.status_code in (200, 401), answer.text
        return answer.json() if answer.status_code == 200 else None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the browser has, but those of starts."""
        jar = self.http.cookies.jar
        return {c.name: c.value or "" for c in jar if "-start-" not in c.name}


@dataclass
class World:
    """An app, its issuer and its API in one process."""

    bff: Bff
    api: NotesApi
    store: Store | None
    tab: Tab


def world(
    network: httpx.BaseTransport,
    *,
    store: Store | str | None = "memory",
    face: str = "flask",
    now: Callable[[], float] | None = None,
    others: Mapping[str, httpx.BaseTransport] | None = None,
    **changed: Any,
) -> World:
    """Build one; ``network`` leads to the issuer, ``changed`` are settings."""
    kept: Store | None = MemoryStore() if isinstance(store, str) else store
    api = NotesApi()
    host = urlsplit(changed["issuer"]).hostname or ""
    hosts = {"api.example": httpx.MockTransport(api), host: network, **(others or {})}
    more = {} if now is None else {"now": now}
    bff = Bff(settings(**changed), store=kept, transport=ByHost(hosts), **more)
    return World(bff, api, kept, Tab(bff, face))


def body_of(request: httpx.Request) -> Any:
    """Return the JSON that a request carried."""
    return json.loads(request.content)
