"""The WSGI layer where each request begins, and where programs are answered.

What programs call is answered here, before Flask; all else is passed on to the app
inside.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from idp.core.context import Caller, begin
from idp.core.db import end_unit
from idp.oauth.protocol.machine import MachineAnswer
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
            at_once = environ.get(AT_ONCE, False)
            unit = begin(programs.services, caller=caller, at_once=at_once)
            try:
                return self._inside(environ, _with_reference(start_response, caller))
            finally:
                end_unit(unit)
        request, unreadable = read_request(environ, caller)
        answer = programs.answer(
            endpoint, request, caller=caller, unreadable=unreadable
        )
        return _send(answer, request.method, start_response=start_response)


def with_length(answer: MachineAnswer) -> list[tuple[str, str]]:
    """Return the headers of an answer, with its length where it may have a body."""
    headers = list(answer.headers)
    if answer.status not in WITHOUT_BODY:
        headers.append(("Content-Length", str(len(answer.body))))
    return headers


def _with_reference(start_response: StartResponse, caller: Caller) -> StartResponse:
    """Return what begins an answer, with the reference of its request."""

    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        named = [*headers, (REFERENCE, caller.request_id)]
        return start_response(status, named, *exc_info)

    return start


def _send(
    answer: MachineAnswer, method: str, *, start_response: StartResponse
) -> Iterable[bytes]:
    """Hand an answer to the server; HEAD is told its length alone."""
    start_response(STATUS_LINES[answer.status], with_length(answer))
    return [] if method == "HEAD" else [answer.body]
