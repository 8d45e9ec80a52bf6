"""POST /oauth2/introspect (RFC 7662)."""

from flask import Blueprint, Response, jsonify, request

from idp.core.db import commit_if_used
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.token_endpoint.client_authentication import AuthenticationFailed
from idp.oauth.token_endpoint.inquiry import read_inquiry
from idp.oauth.tokens.introspection import introspect
from idp.web.browser import csrf

bp = Blueprint("introspect", __name__)
answer_in_oauth(bp)

INACTIVE = {"active": False}
CONFIDENTIAL = "A client without a secret or key cannot ask what a token is worth."


@bp.post("/oauth2/introspect")
@csrf.exempt  # no cookie counts: the client's credentials do
def show() -> Response:
    """Answer what a token is worth to the client that asks.

    Anybody can name a public client, so one is not told anything (§2.1).
    """
    client, token = read_inquiry(request)
    if client.public:
        raise AuthenticationFailed(CONFIDENTIAL)
    commit_if_used()  # an assertion is spent now; what follows only reads
    found = introspect(token, client)
    response = jsonify({"active": True, **found} if found else INACTIVE)
    response.headers["Cache-Control"] = "no-store"
    return response
