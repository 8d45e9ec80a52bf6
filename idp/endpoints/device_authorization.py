"""POST /oauth2/device_authorization (RFC 8628 §3.1)."""

from http import HTTPStatus

from authlib.oauth2.rfc6749 import InvalidScopeError, UnauthorizedClientError
from flask import Blueprint, Response, jsonify, request

from idp.core.context import current
from idp.core.db import commit_if_used
from idp.core.server_settings import ServerSettings
from idp.endpoints.errors import answer_in_oauth
from idp.oauth.clients.view import DEVICE_CODE, ClientView
from idp.oauth.device import codes as device_codes
from idp.oauth.device.codes import Started
from idp.oauth.device.requests import PAGE
from idp.oauth.device.user_codes import shown_user_code
from idp.oauth.grants.resources import asked_resources
from idp.oauth.protocol import scopes
from idp.oauth.token_endpoint import client_authentication as client_auth
from idp.oauth.token_endpoint.request import TokenRequest
from idp.web.browser import csrf

bp = Blueprint("device_authorization", __name__)
answer_in_oauth(bp)


@bp.post("/oauth2/device_authorization")
@csrf.exempt  # no cookie counts: the client's credentials do
def start() -> Response:
    """Give a device its codes: one to poll with, one for its person to type."""
    asked = TokenRequest(request)
    client = client_auth.authenticate(asked)
    if not client.check_grant_type(DEVICE_CODE):
        raise UnauthorizedClientError(f"{DEVICE_CODE} is not registered.")
    started = device_codes.start(
        client.client_id,
        scope=_grantable_scope(asked, client),
        resource=asked_resources(asked),
    )
    commit_if_used()
    return _answer(started)


def _grantable_scope(asked: TokenRequest, client: ClientView) -> str:
    """Return the requested scope less what this client cannot have."""
    wanted = asked.form.get("scope")
    granted = scopes.granted_to_user(wanted, allowed=client.scope)
    if not granted:
        raise InvalidScopeError("No scope is left for this client.")
    return granted


def _answer(started: Started) -> Response:
    """Return the response of RFC 8628 §3.2."""
    page = current(ServerSettings).issuer + PAGE
    user_code = shown_user_code(started.user_code)
    response = jsonify(
        device_code=started.device_code,
        user_code=user_code,
        verification_uri=page,
        verification_uri_complete=f"{page}?user_code={user_code}",
        expires_in=started.expires_in,
        interval=started.interval,
    )
    response.status_code = HTTPStatus.OK
    response.headers["Cache-Control"] = "no-store"
    return response
