"""GET and POST /oauth2/userinfo (OIDC Core §5.3)."""

from flask import Blueprint, Response, g, request

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.endpoints.errors import answer_in_oauth, error_response
from idp.oauth.keys.signer import as_json
from idp.oauth.protocol.scopes import OPENID
from idp.oauth.tokens.bearer import (
    BearerError,
    invalid_token,
    presented_token,
)
from idp.oauth.tokens.userinfo import COLUMNS, signed_userinfo, userinfo_of
from idp.oauth.tokens.verify import InvalidAccessToken, verify_access_token
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
    presented = presented_token(machine_request(request))
    issuer = current(ServerSettings).issuer
    try:
        token = verify_access_token(presented, columns=COLUMNS, audience=issuer)
    except InvalidAccessToken as invalid:
        g.oauth_client = invalid.client
        raise invalid_token(invalid.hint) from None
    g.oauth_client = client = token.client
    if OPENID not in token.scope or token.about_user is None:
        raise BearerError(
            403, "insufficient_scope", "The access token lacks openid.", scope=OPENID
        )
    found = userinfo_of(token)
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
