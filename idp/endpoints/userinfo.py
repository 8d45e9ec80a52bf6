"""GET and POST /oauth2/userinfo (OIDC Core §5.3)."""

from flask import Blueprint, Response, g, request

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.endpoints.errors import answer_in_oauth, error_response
from idp.oauth.clients.cache import find_client
from idp.oauth.keys.signer import as_json
from idp.oauth.protocol.scopes import OPENID
from idp.oauth.tokens.bearer import (
    BearerError,
    invalid_token,
    presented_token,
    read_access_token,
)
from idp.oauth.tokens.userinfo import find_userinfo, signed_userinfo
from idp.web import oauth_cors as cors
from idp.web.browser import csrf
from idp.web.machine.in_flask import MachineResponse, machine_request

bp = Blueprint("userinfo", __name__)
answer_in_oauth(bp)
JSON, JWT = "application/json", "application/jwt"
cors.allow_registered_origins(bp, "/oauth2/userinfo", methods="GET, POST")


@bp.route("/oauth2/userinfo", methods=["GET", "POST"], provide_automatic_options=False)
@csrf.exempt  # no cookie counts: the access token does
def show() -> Response:
    """Answer the claims that the access token opens."""
    token = read_access_token(presented_token(machine_request(request)))
    g.oauth_client = client = find_client(token["client_id"])
    if OPENID not in token.get("scope", "").split(" ") or "grant_id" not in token:
        raise BearerError(
            403, "insufficient_scope", "The access token lacks openid.", scope=OPENID
        )
    found = find_userinfo(token)
    if found is None or client is None or client.disabled:
        raise invalid_token("The access token was revoked.")
    algorithm = client.userinfo_signed_response_alg
    if algorithm:
        signed = signed_userinfo(found, client=client, algorithm=algorithm)
        return MachineResponse(signed, content_type=JWT)
    return MachineResponse(as_json(found), content_type=JSON)


@bp.errorhandler(BearerError)
def refuse(error: BearerError) -> Response:
    """Answer a refusal with its challenge; nothing is said when no token was sent."""
    if error.error is None:
        response = Response(status=error.status)
    else:
        response = error_response(error.error, error.description, status=error.status)
    realm = current(ServerSettings).issuer
    response.headers["WWW-Authenticate"] = error.challenge(realm)
    return response
