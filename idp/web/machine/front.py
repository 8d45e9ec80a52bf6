"""The WSGI layer where each request begins, and where programs are answered.

What programs call is answered here, before Flask; all else is passed on to the app
inside.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import perf_counter
from typing import Any

from idp.core.context import Caller, begin
from idp.core.db import end_unit
from idp.oauth.protocol.machine import MachineAnswer
from idp.web.http.answered import ARRIVED, route_of, tell_answered
from idp.web.machine.programs import REFERENCE, Programs
from idp.web.machine.reading import read_request

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
STATUS_LINES = {status.value: f"{status} {status.phrase}" for status in HTTPStatus}
AT_ONCE = "idp.at_once"  # whoever calls begins anew after MustWait
WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class Front:
    """Answers programs, and begins a unit of work for what Flask answers."""

    def __init__(self, inside: Wsgi, programs: Programs) -> None:
        self._inside = inside
        self._programs = programs

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request in a unit of work of its own."""
        programs = self._programs
        caller = programs.rules.proxies.read_caller(environ)
        endpoint = programs.find(environ["PATH_INFO"])
        if endpoint is None:
            return self._run_inside(environ, start_response, caller=caller)
        request, unreadable = read_request(environ, caller)
        answer = programs.answer(
            endpoint, request, caller=caller, unreadable=unreadable
        )
        return _send(answer, request.method, start_response=start_response)

    def _run_inside(
        self, environ: Environ, start_response: StartResponse, *, caller: Caller
    ) -> Iterable[bytes]:
        """Have the app inside answer."""
        arrived = environ.get(ARRIVED) or perf_counter()
        start = _Start(start_response, caller)
        at_once = environ.get(AT_ONCE, False)
        unit = begin(self._programs.services, caller=caller, at_once=at_once)
        try:
            chunks = self._inside(environ, start)
            tell_answered(
                route_of(environ),
                method=environ["REQUEST_METHOD"],
                status=start.status,
                seconds=perf_counter() - arrived,
            )
            return chunks
        finally:
            end_unit(unit)


def with_length(answer: MachineAnswer) -> list[tuple[str, str]]:
    """Return the headers of an answer, with its length where it may have a body."""
    headers = list(answer.headers)
    if answer.status not in WITHOUT_BODY:
        headers.append(("Content-Length", str(len(answer.body))))
    return headers


class _Start:
    """Begins an answer, with the reference of its request, and keeps its status."""

    def __init__(self, start_response: StartResponse, caller: Caller) -> None:
        self._start = start_response
        self._caller = caller
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

    def __call__(
        self, status: str, headers: list[tuple[str, str]], *exc_info: Any
    ) -> Any:
        self.status = int(status[:3])
        named = [*headers, (REFERENCE, self._caller.request_id)]
        return self._start(status, named, *exc_info)


def _send(
    answer: MachineAnswer, method: str, *, start_response: StartResponse
) -> Iterable[bytes]:
    """Hand an answer to the server; HEAD is told its length alone."""
    start_response(STATUS_LINES[answer.status], with_length(answer))
    return [] if method == "HEAD" else [answer.body]
