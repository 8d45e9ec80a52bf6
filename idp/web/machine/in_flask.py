"""Requests and answers of machine endpoints as Flask has them."""

from flask import Request, Response
from werkzeug.datastructures import Headers

from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.security.caller import caller


class MachineResponse(Response):
    """A response whose headers leave exactly as they were set.

    Werkzeug would look for relative addresses and lengths to correct; here there are
    none, or they are meant as they are written.
    """

    readable_by: frozenset[str] | None = None

    def get_wsgi_headers(self, environ: object) -> Headers:
        """Return the headers untouched."""
        return self.headers


def machine_request(incoming: Request) -> MachineRequest:
    """Return a request as a value."""
    sender = caller()
    return MachineRequest(
        incoming.method,
        incoming.path,
        incoming.query_string.decode("latin-1"),
        {name.lower(): value for name, value in incoming.headers.items()},
        incoming.get_data(cache=False),
        ip=sender.ip,
        user_agent=sender.user_agent,
    )


def machine_response(answer: MachineAnswer) -> Response:
    """Return an answer as Flask's."""
    response = MachineResponse(answer.body, answer.status, list(answer.headers))
    if all(name != "Content-Type" for name, _ in answer.headers):
        del response.headers["Content-Type"]
    response.readable_by = answer.readable_by
    return response
