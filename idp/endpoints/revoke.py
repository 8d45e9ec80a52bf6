"""POST /oauth2/revoke (RFC 7009)."""

from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.machine import NO_STORE, MachineAnswer, MachineRequest
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.token_endpoint.callers import answer_client, asked_token
from idp.oauth.tokens.revocation import revoke_token
from idp.web.machine.endpoint import Endpoint, Readers

NOT_REVOCABLE = "An ID token cannot be revoked: revoke the refresh or access token."


def _respond(request: MachineRequest) -> MachineAnswer:
    """End a token; a token that is not the client's is answered the same (§2.2)."""
    return answer_client(request, _revoke)


def _revoke(asked: TokenRequest, client: ClientView) -> MachineAnswer:
    """Refuse a kind of token that nothing can end before its time (§2.2.1)."""
    if not revoke_token(asked_token(asked), client):
        raise OAuthRefusal("unsupported_token_type", NOT_REVOCABLE)
    return MachineAnswer(200, NO_STORE, b"")


ENDPOINT = Endpoint("/oauth2/revoke", _respond, readers=Readers.REGISTERED)
