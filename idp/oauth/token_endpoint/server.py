"""The token endpoint on Authlib's server (RFC 6749 §3.2): translation only."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    BaseGrant,
    OAuth2Request,
    TokenEndpointMixin,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from idp.oauth.clients.view import DEVICE_CODE, REFRESH_TOKEN, ClientView
from idp.oauth.grants import (
    authorization_code,
    client_credentials,
    device_code,
    refresh_token,
)
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest, json_answer
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_request
from idp.oauth.protocol.token_request import TokenRequest, read_token_request
from idp.oauth.token_endpoint.callers import told_to
from idp.oauth.token_endpoint.client_authentication import authenticate
from idp.oauth.tokens.issue import TokenResponse

Exchange = Callable[[TokenRequest, ClientView], TokenResponse]
GRANTS: Final[Mapping[str, Exchange]] = {
    "authorization_code": authorization_code.exchange,
    REFRESH_TOKEN: refresh_token.exchange,
    "client_credentials": client_credentials.exchange,
    DEVICE_CODE: device_code.exchange,
}
# Authlib refuses plain http by the URL it is given. Whether http is allowed is decided
# at start (production refuses such an issuer), and TLS may end at a proxy before us.
SECURE_TRANSPORT = "https://token.invalid/"


class AuthlibRequest(OAuth2Request):
    """Authlib's request over our own reading of the form."""

    def __init__(self, read: TokenRequest) -> None:
        super().__init__(read.method, SECURE_TRANSPORT)
        self.read = read
        self.payload = BasicOAuth2Payload(read.values)


class AuthlibGrant(BaseGrant, TokenEndpointMixin):
    """A grant of ours as Authlib calls it."""

    exchange: Exchange

    def validate_token_request(self) -> None:
        """Find out who calls, and whether the client registered this grant."""
        request: AuthlibRequest = self.request
        request.client = authenticate(request.read)
        if not request.client.check_grant_type(self.GRANT_TYPE):
            raise OAuthRefusal(
                "unauthorized_client",
                f"The client did not register the grant type {self.GRANT_TYPE}.",
            )

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        """Return what the grant gives, as Authlib passes it on."""
        given = type(self).exchange(self.request.read, self.request.client)
        return 200, given.members(), self.TOKEN_RESPONSE_HEADER


class TokenServer(AuthorizationServer):
    """Authlib's choice of a grant; its authorization endpoint is not used."""

    def __init__(self) -> None:
        super().__init__()
        for name, exchange in GRANTS.items():
            members = {"GRANT_TYPE": name, "exchange": staticmethod(exchange)}
            self.register_grant(type("AuthlibGrant", (AuthlibGrant,), members))

    def create_oauth2_request(self, request: AuthlibRequest) -> AuthlibRequest:
        """Return the request, which is Authlib's already."""
        return request

    def handle_response(
        self, status: int, body: Mapping[str, Any], headers: list[tuple[str, str]]
    ) -> MachineAnswer:
        """Return an answer of Authlib's as ours."""
        return json_answer(body, status=status, headers=tuple(headers))

    def handle_error_response(
        self, _request: AuthlibRequest, error: UnsupportedGrantTypeError
    ) -> MachineAnswer:
        """Return the one refusal that is Authlib's own; say which grants there are."""
        hint = f"grant_type must be one of {', '.join(GRANTS)}."
        return OAuthRefusal(error.error, hint).answer()


_SERVER = TokenServer()


def respond(request: MachineRequest) -> MachineAnswer:
    """Answer a token request with tokens, or with an error, which is not raised.

    What was written about a refusal is to be committed too: a theft stays revoked.
    """
    try:
        read = read_token_request(request)
    except OAuthRefusal as refusal:
        return refusal.answer()
    if read.get("grant_type") is None:
        return invalid_request("grant_type is missing.").answer()
    asked = AuthlibRequest(read)
    try:
        answer: MachineAnswer = _SERVER.create_token_response(asked)
    except OAuthRefusal as refusal:
        answer = refusal.answer()
    client: ClientView | None = asked.client
    return told_to(client, answer) if client else answer
