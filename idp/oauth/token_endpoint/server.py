"""Registers our grants on Authlib, and the authorization server on the app."""

from collections.abc import Sequence
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import (
    BaseGrant,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from flask import Flask, Response
from flask.globals import request_ctx

from idp.core import context
from idp.core.events import EventBus
from idp.oauth import reactions
from idp.oauth.clients.cache import ClientCache, find_client
from idp.oauth.clients.keys import ClientKeys
from idp.oauth.clients.view import ClientView
from idp.oauth.discovery import ServerMetadata
from idp.oauth.grants.authorization_code import AuthorizationCodeGrant
from idp.oauth.grants.client_credentials import ClientCredentialsGrant
from idp.oauth.grants.device_code import DeviceCodeGrant
from idp.oauth.grants.refresh_token import RefreshTokenGrant
from idp.oauth.keys.signer import Signer, as_json
from idp.oauth.token_endpoint import client_authentication as client_auth
from idp.oauth.token_endpoint.request import TokenRequest
from idp.web.machine_answers import MachineAnswer

GRANTS = (
    AuthorizationCodeGrant,
    RefreshTokenGrant,
    ClientCredentialsGrant,
    DeviceCodeGrant,
)


class TokenServer(AuthorizationServer):
    """Authlib's token endpoint with our reading of requests and our authentication.

    Authlib's own authorization endpoint is not used (security.md §3).
    """

    def __init__(self) -> None:
        super().__init__(query_client=find_client)
        for grant in GRANTS:
            self.register_grant(grant)

    def create_token_response(self, request: TokenRequest | None = None) -> Response:
        """Answer a token request; every refusal is an error response, not raised."""
        response: Response
        try:
            read = request or self.create_oauth2_request(None)
            response = super().create_token_response(read)
        except OAuth2Error as error:
            response = self.handle_error_response(None, error)
        return response

    def create_oauth2_request(self, request_: object) -> TokenRequest:
        """Return the current request, or the one that was read already."""
        if isinstance(request_, TokenRequest):
            return request_
        read = TokenRequest(request_ctx.request)
        if read.payload.grant_type is None:
            raise InvalidRequestError("grant_type is missing.")
        return read

    def get_token_grant(self, request: TokenRequest) -> BaseGrant:
        """Return the grant that the request names; say which there are."""
        try:
            return super().get_token_grant(request)
        except UnsupportedGrantTypeError as error:
            known = ", ".join(grant.GRANT_TYPE for grant in GRANTS)
            error.description = f"grant_type must be one of {known}."
            raise

    def authenticate_client(
        self, request: TokenRequest, methods: Sequence[str], endpoint: str = "token"
    ) -> ClientView:
        """Return the caller; our rules know no order of methods to try."""
        return client_auth.authenticate(request)

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Nothing to do: what is stored was written when it was decided."""

    def handle_response(
        self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]
    ) -> Response:
        """Return an answer of Authlib's as Flask's."""
        return MachineAnswer(as_json(body), status, headers)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Send nothing: nobody subscribes to Authlib's signals."""


def init_app(app: Flask) -> None:
    """Give the app its caches of clients, its signing keys and its token endpoint."""
    reactions.subscribe(app.extensions["idp"][EventBus])
    context.provide(app, ClientCache(), ClientKeys(), Signer(), TokenServer())
    context.provide(app, ServerMetadata(app))
