"""POST /oauth2/revoke (RFC 7009)."""

from flask import Blueprint, Response, request

from idp.core.db import commit_if_used
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.machine import NO_STORE, MachineAnswer
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.token_endpoint.callers import answer_client, asked_token
from idp.oauth.tokens.revocation import revoke_token
from idp.web import oauth_cors as cors
from idp.web.browser import csrf
from idp.web.machine.in_flask import machine_request, machine_response

bp = Blueprint("revoke", __name__)
answer_in_oauth(bp)
cors.allow_registered_origins(bp, "/oauth2/revoke", methods="POST")

NOT_REVOCABLE = "An ID token cannot be revoked: revoke the refresh or access token."


@bp.route("/oauth2/revoke", methods=["POST"], provide_automatic_options=False)
@csrf.exempt  # no cookie counts: the client's credentials and its token do
def revoke() -> Response:
    """End a token; a token that is not the client's is answered the same (§2.2)."""
    answer = answer_client(machine_request(request), _revoke)
    commit_if_used()
    return machine_response(answer)


def _revoke(asked: TokenRequest, client: ClientView) -> MachineAnswer:
    """Refuse a kind of token that nothing can end before its time (§2.2.1)."""
    if not revoke_token(asked_token(asked), client):
        raise OAuthRefusal("unsupported_token_type", NOT_REVOCABLE)
    return MachineAnswer(200, NO_STORE, b"")
