"""POST /oauth2/introspect (RFC 7662)."""

from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest, json_answer
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.token_endpoint.callers import answer_client, asked_token
from idp.oauth.token_endpoint.client_authentication import unauthenticated
from idp.oauth.tokens.introspection import introspect
from idp.web.machine.endpoint import Endpoint

INACTIVE = {"active": False}
CONFIDENTIAL = "A client without a secret or key cannot ask what a token is worth."


def _respond(request: MachineRequest) -> MachineAnswer:
    """Answer what a token is worth to the client that asks."""
    return answer_client(request, _introspect)


def _introspect(asked: TokenRequest, client: ClientView) -> MachineAnswer:
    """Anybody can name a public client, so one is not told anything (§2.1)."""
    token = asked_token(asked)
    if client.public:
        raise unauthenticated(CONFIDENTIAL)
    found = introspect(token, client)
    return json_answer({"active": True, **found} if found else INACTIVE)


ENDPOINT = Endpoint("/oauth2/introspect", _respond)
