"""A call of the page, passed on to an API."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

import httpx

from idp_rp.messages import BffAnswer, BffRequest, Headers, Refused
from idp_rp.outbound import Unreachable, streaming
from idp_rp.proxy.headers import to_api, to_page
from idp_rp.proxy.passing import PassedBody
from idp_rp.proxy.paths import UnsafePath, joined
from idp_rp.proxy.places import Places
from idp_rp.settings import Api, Limits

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
LONGEST_QUERY: Final = 8192


class Forwarder:
    """Calls of one API; the page finds it at ``own_path``."""

    def __init__(
        self,
        api: Api,
        *,
        own_path: str,
        client: httpx.Client,
        limits: Limits,
        places: Places,
    ) -> None:
        self._base = api.base_url.rstrip("/")
        self._headers = api.headers
        self._own_path = own_path
        self._client = client
        self._limits = limits
        self._places = places

    def url(self, request: BffRequest, *, path: str) -> str:
        """Return where a call goes; Refused if that might be elsewhere."""
        if request.method not in METHODS:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")
        query = request.query
        if len(query) > LONGEST_QUERY or not query.isascii() or not query.isprintable():
            raise Refused(HTTPStatus.BAD_REQUEST, "unsafe_query")
        try:
            url = joined(self._base, path, raw=request.raw_path)
        except UnsafePath as error:
            raise Refused(
                HTTPStatus.BAD_REQUEST, "unsafe_path", why=str(error)
            ) from error
        return f"{url}?{query}" if query else url

    def send(
        self,
        request: BffRequest,
        *,
        url: str,
        body: bytes,
        bearer: str,
        bearer_seconds: float,
        session: str,
    ) -> BffAnswer:
        """Send it with an access token; return what the API answers, within limits.

        A stream of events ends with the token, after ``bearer_seconds``: whoever asks
        for it again has to be signed in still. Live ones are ``session``'s newest few.
        """
        sent = self._request(request, url=url, body=body, bearer=bearer)
        limits, began = self._limits, time.monotonic()
        seconds = (
            limits.event_seconds if request.asks_for_events else limits.api_seconds
        )
        try:
            with ExitStack() as opened:
                calling = streaming(self._client, sent, seconds=seconds)
                response = opened.enter_context(calling)
                passed = PassedBody(
                    response,
                    most=limits.response_bytes,
                    deadline=began + limits.api_seconds,
                    token_ends_at=began + bearer_seconds,
                )
                whole = passed.whole()
                if passed.live:
                    opened.enter_context(self._places.taken(session, passed))
                if whole is None:
                    passed.own(opened.pop_all())
        except Unreachable as error:
            raise Refused(HTTPStatus.BAD_GATEWAY, "api_unreachable") from error
        return self._answer(response, url=url, body=passed if whole is None else whole)

    def _request(
        self, request: BffRequest, *, url: str, body: bytes, bearer: str
    ) -> httpx.Request:
        """Return the call as the API gets it."""
        headers = to_api(request.headers, named=self._headers)
        headers.append(("Authorization", f"Bearer {bearer}"))
        if not any(name.lower() == "accept-encoding" for name, _ in headers):
            headers.append(("Accept-Encoding", "identity"))
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        return httpx.Request(request.method, url, headers=encoded, content=body or None)

    def _answer(
        self, response: httpx.Response, *, url: str, body: bytes | PassedBody
    ) -> BffAnswer:
        """Return what the page gets."""
        answer = BffAnswer(
            status=response.status_code, headers=self._returned(response, url)
        )
        if isinstance(body, bytes):
            return replace(answer, body=body)
        length = body.length
        told = [] if length is None else [("Content-Length", str(length))]
        return replace(answer, stream=body).adding(*told)

    def _returned(self, response: httpx.Response, url: str) -> Headers:
        """Return the headers that the page gets."""
        returned = to_page(response.headers.multi_items())
        location = self._location(response.headers, url)
        return [*returned, ("Location", location)] if location else returned

    def _location(self, headers: Mapping[str, str], url: str) -> str | None:
        """Return where in the API an answer points, as the page may call it."""
        target = urljoin(url, headers.get("location", ""))
        if "location" not in headers or not target.startswith(f"{self._base}/"):
            return None
        return self._own_path + target.removeprefix(self._base)
