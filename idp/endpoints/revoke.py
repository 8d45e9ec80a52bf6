"""POST /oauth2/revoke (RFC 7009)."""

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, Response, request

from idp.core.db import commit_if_used
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.token_endpoint.inquiry import read_inquiry
from idp.oauth.tokens.revocation import revoke_token
from idp.web import oauth_cors as cors
from idp.web.browser import csrf

bp = Blueprint("revoke", __name__)
answer_in_oauth(bp)
cors.allow_registered_origins(bp, "/oauth2/revoke", methods="POST")


class UnsupportedTokenType(OAuth2Error):
    """A kind of token that nothing can end before its time (§2.2.1)."""

    error = "unsupported_token_type"
    description = "An ID token cannot be revoked: revoke the refresh or access token."


@bp.route("/oauth2/revoke", methods=["POST"], provide_automatic_options=False)
@csrf.exempt  # no cookie counts: the client's credentials and its token do
def revoke() -> Response:
    """End a token; a token that is not the client's is answered the same (§2.2)."""
    client, token = read_inquiry(request)
    understood = revoke_token(token, client)
    commit_if_used()
    if not understood:
        raise UnsupportedTokenType
    response = Response(status=200)
    del response.headers["Content-Type"]
    response.headers["Cache-Control"] = "no-store"
    return response
