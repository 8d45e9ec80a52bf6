"""POST /oauth2/token (RFC 6749 §3.2)."""

from flask import Blueprint, Response

from idp.core.context import current
from idp.core.db import commit_if_used
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.token_endpoint.server import TokenServer
from idp.web import oauth_cors as cors
from idp.web.browser import csrf

bp = Blueprint("token", __name__)
answer_in_oauth(bp)
cors.allow_registered_origins(bp, "/oauth2/token", methods="POST")


@bp.route("/oauth2/token", methods=["POST"], provide_automatic_options=False)
@csrf.exempt  # no cookie counts: the client's credentials and the code or token do
def token() -> Response:
    """Answer tokens or an error; a refusal commits too, so a theft stays revoked."""
    response = current(TokenServer).create_token_response()
    commit_if_used()
    return response
