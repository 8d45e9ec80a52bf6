"""POST /oauth2/token (RFC 6749 §3.2)."""

from flask import Blueprint, Response, request

from idp.core.db import commit_if_used
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.token_endpoint import server
from idp.web import oauth_cors as cors
from idp.web.browser import csrf
from idp.web.machine.in_flask import machine_request, machine_response

bp = Blueprint("token", __name__)
answer_in_oauth(bp)
cors.allow_registered_origins(bp, "/oauth2/token", methods="POST")


@bp.route("/oauth2/token", methods=["POST"], provide_automatic_options=False)
@csrf.exempt  # no cookie counts: the client's credentials and the code or token do
def token() -> Response:
    """Answer tokens or an error; a refusal commits too, so a theft stays revoked."""
    answer = server.respond(machine_request(request))
    commit_if_used()
    return machine_response(answer)
