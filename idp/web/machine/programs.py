"""Answers to programs, whoever receives their requests, in whichever thread.

An endpoint is a function of values, in a unit of work that is committed when it returns
and undone when it raises.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from time import perf_counter

from idp.core.context import Caller, Services, begin
from idp.core.db import commit_if_used, end_unit, undo_if_used
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.security.client_network import Proxies
from idp.web.http import cors
from idp.web.http.answered import UNREAD, tell_answered
from idp.web.http.hosts import HostRule
from idp.web.machine.endpoint import Endpoint
from idp.web.machine.problems import misdirected, unreadable, wrong_method
from idp.web.machine.reading import UnreadableBody
from idp.web.refusals.by_programs import note_answer, note_unread

REFERENCE = "X-Request-Id"


@dataclass(frozen=True)
class Rules:
    """What holds for every request: whose address counts, and which host is ours."""

    proxies: Proxies
    hosts: HostRule


def with_reference(answer: MachineAnswer, caller: Caller) -> MachineAnswer:
    """Return an answer with the reference of its request, a refusal with its body."""
    headers = (*answer.headers, (REFERENCE, caller.request_id))
    if answer.refused is None:
        return replace(answer, headers=headers)
    return replace(answer, headers=headers, body=answer.refused.body(caller.request_id))


class Programs:
    """The endpoints that programs call; ``trouble`` answers what they raise."""

    def __init__(
        self,
        services: Services,
        *,
        rules: Rules,
        endpoints: Iterable[Endpoint],
        trouble: Callable[[Exception], MachineAnswer],
    ) -> None:
        self.services = services
        self.rules = rules
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._trouble = trouble

    def find(self, path: str) -> Endpoint | None:
        """Return the endpoint at a path."""
        return self._endpoints.get(path)

    def answer(
        self,
        endpoint: Endpoint,
        request: MachineRequest,
        *,
        caller: Caller,
        unreadable: UnreadableBody | None = None,
        at_once: bool = False,
        arrived: float | None = None,
    ) -> MachineAnswer:
        """Answer a request in a unit of work, marked for the pages that may read it.

        ``unreadable`` says why its body could not be read, ``arrived`` when it was
        there, by ``perf_counter``. Raises MustWait where it cannot be answered
        ``at_once``; nothing was done then.
        """
        began = perf_counter() if arrived is None else arrived
        unit = begin(self.services, caller=caller, at_once=at_once)
        try:
            answer = self._admit(endpoint, request) or self._respond(
                endpoint, request, unreadable=unreadable
            )
            note_answer(answer, request, endpoint=endpoint)
            tell_answered(
                endpoint.path,
                method=request.method,
                status=answer.status,
                seconds=perf_counter() - began,
            )
            return with_reference(answer, caller)
        finally:
            end_unit(unit)

    def answer_unread(
        self, request: MachineRequest, *, status: HTTPStatus, caller: Caller
    ) -> MachineAnswer:
        """Answer a request, to whatever path, that could not be read."""
        unit = begin(self.services, caller=caller)
        try:
            note_unread(request, status=status)
            tell_answered(UNREAD, method=request.method, status=status, seconds=0)
            return with_reference(unreadable(status), caller)
        finally:
            end_unit(unit)

    def _admit(
        self, endpoint: Endpoint, request: MachineRequest
    ) -> MachineAnswer | None:
        """Return the answer to what no endpoint sees, None for what one answers."""
        host = request.headers.get("host", "")
        if not self.rules.hosts.serves(host):
            return misdirected(self.rules.hosts.refusal_of(host))
        if request.method not in endpoint.understood:
            return wrong_method(endpoint)
        if request.method != "OPTIONS":
            return None
        announced = request.headers.get("access-control-request-headers")
        answer = cors.preflight(endpoint, announced=announced)
        return cors.mark(answer, endpoint, origin=request.headers.get("origin"))

    def _respond(
        self,
        endpoint: Endpoint,
        request: MachineRequest,
        *,
        unreadable: UnreadableBody | None,
    ) -> MachineAnswer:
        """Run an endpoint, and let the pages that may read its answer do so."""
        answer = (
            self._trouble(unreadable) if unreadable else self._run(endpoint, request)
        )
        return cors.mark(answer, endpoint, origin=request.headers.get("origin"))

    def _run(self, endpoint: Endpoint, request: MachineRequest) -> MachineAnswer:
        """Run an endpoint; nothing remains of what it raised over."""
        try:
            answer = endpoint.respond(request)
            commit_if_used()
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told
            undo_if_used()
            return self._trouble(error)
        return answer
