"""POST /oauth2/introspect (RFC 7662)."""

from flask import Blueprint, Response, request

from idp.core.db import commit_if_used
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.machine import MachineAnswer, json_answer
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.token_endpoint.callers import answer_client, asked_token
from idp.oauth.token_endpoint.client_authentication import unauthenticated
from idp.oauth.tokens.introspection import introspect
from idp.web.browser import csrf
from idp.web.machine.in_flask import machine_request, machine_response

bp = Blueprint("introspect", __name__)
answer_in_oauth(bp)

INACTIVE = {"active": False}
CONFIDENTIAL = "A client without a secret or key cannot ask what a token is worth."


@bp.post("/oauth2/introspect")
@csrf.exempt  # no cookie counts: the client's credentials do
def show() -> Response:
    """Answer what a token is worth to the client that asks."""
    answer = answer_client(machine_request(request), _introspect)
    commit_if_used()
    return machine_response(answer)


def _introspect(asked: TokenRequest, client: ClientView) -> MachineAnswer:
    """Anybody can name a public client, so one is not told anything (§2.1)."""
    token = asked_token(asked)
    if client.public:
        raise unauthenticated(CONFIDENTIAL)
    commit_if_used()  # an assertion is spent now; what follows only reads
    found = introspect(token, client)
    return json_answer({"active": True, **found} if found else INACTIVE)
