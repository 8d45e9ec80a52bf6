"""The WSGI layer where each request begins, and where programs are answered.

What programs call runs here, before Flask: an endpoint is a function of values, in a
unit of work that is committed when it returns and undone when it raises. All else is
passed on to the app inside.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from idp.core.context import Caller, Services, begin
from idp.core.db import commit_if_used, end_unit, undo_if_used
from idp.oauth.protocol.machine import MachineAnswer
from idp.security.client_network import Proxies
from idp.web.http import cors
from idp.web.http.hosts import HostRule
from idp.web.machine.endpoint import Endpoint
from idp.web.machine.problems import misdirected, wrong_method
from idp.web.machine.reading import read_request

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
STATUS_LINES = {status.value: f"{status} {status.phrase}" for status in HTTPStatus}
WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True)
class Rules:
    """What holds for every request: whose address counts, and which host is ours."""

    proxies: Proxies
    hosts: HostRule


class Front:
    """Answers the endpoints of programs; ``trouble`` answers what they raise."""

    def __init__(
        self,
        inside: Wsgi,
        services: Services,
        *,
        rules: Rules,
        endpoints: Iterable[Endpoint],
        trouble: Callable[[Exception], MachineAnswer],
    ) -> None:
        self._inside = inside
        self._services = services
        self._rules = rules
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._trouble = trouble

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request in a unit of work of its own."""
        endpoint = self._endpoints.get(environ["PATH_INFO"])
        caller = self._rules.proxies.read_caller(environ)
        unit = begin(self._services, caller=caller)
        try:
            if endpoint is None:
                return self._inside(environ, start_response)
            answer = self._answer(endpoint, environ, caller=caller)
        finally:
            end_unit(unit)
        return _send(answer, environ["REQUEST_METHOD"], start_response=start_response)

    def _answer(
        self, endpoint: Endpoint, environ: Environ, *, caller: Caller
    ) -> MachineAnswer:
        """Return the answer of an endpoint, marked for the pages that may read it."""
        if not self._rules.hosts.serves(environ.get("HTTP_HOST", "")):
            return misdirected()
        method = environ["REQUEST_METHOD"]
        if method not in endpoint.understood:
            return wrong_method(endpoint.understood)
        if method == "OPTIONS":
            answer = cors.preflight(endpoint)
        else:
            answer = self._respond(endpoint, environ, caller=caller)
        return cors.mark(answer, endpoint, origin=environ.get("HTTP_ORIGIN"))

    def _respond(
        self, endpoint: Endpoint, environ: Environ, *, caller: Caller
    ) -> MachineAnswer:
        """Run an endpoint; nothing remains of what it raised over."""
        try:
            answer = endpoint.respond(read_request(environ, caller))
            commit_if_used()
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told
            undo_if_used()
            return self._trouble(error)
        return answer


def _send(
    answer: MachineAnswer, method: str, *, start_response: StartResponse
) -> Iterable[bytes]:
    """Hand an answer to the server; HEAD is told its length alone."""
    headers = list(answer.headers)
    if answer.status not in WITHOUT_BODY:
        headers.append(("Content-Length", str(len(answer.body))))
    start_response(STATUS_LINES[answer.status], headers)
    return [] if method == "HEAD" else [answer.body]
