"""GET and POST /oauth2/userinfo (OIDC Core §5.3)."""

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.bearer import BearerError, invalid_token, presented_token
from idp.oauth.protocol.machine import (
    MachineAnswer,
    MachineRefusal,
    MachineRequest,
    as_json,
    refused_answer,
)
from idp.oauth.protocol.scopes import OPENID
from idp.oauth.token_endpoint.callers import told_to
from idp.oauth.tokens.userinfo import COLUMNS, signed_userinfo, userinfo_of
from idp.oauth.tokens.verify import InvalidAccessToken, Verified, verify_access_token
from idp.web.machine.endpoint import Endpoint, Readers

JSON = (("Content-Type", "application/json"),)
JWT = (("Content-Type", "application/jwt"),)
NO_STORE = ("Cache-Control", "no-store")


def _respond(request: MachineRequest) -> MachineAnswer:
    """Answer the claims that the access token opens."""
    issuer = current(ServerSettings).issuer
    client: ClientView | None = None
    try:
        presented = presented_token(request)
        token = verify_access_token(presented, columns=COLUMNS, audience=issuer)
        client = token.client
        answer = _show(token)
    except InvalidAccessToken as invalid:
        client = invalid.client
        answer = _refuse(invalid_token(invalid.hint))
    except BearerError as error:
        answer = _refuse(error)
    return told_to(client, answer) if client else answer


def _show(token: Verified) -> MachineAnswer:
    """Return what a live token opens, in the form that its client registered."""
    if OPENID not in token.scope or token.about_user is None:
        raise BearerError(
            403, "insufficient_scope", "The access token lacks openid.", scope=OPENID
        )
    found, client = userinfo_of(token), token.client
    algorithm = client.userinfo_signed_response_alg
    if algorithm:
        signed = signed_userinfo(found, client=client, algorithm=algorithm)
        return MachineAnswer(200, JWT, signed.encode())
    return MachineAnswer(200, JSON, as_json(found).encode())


def _refuse(error: BearerError) -> MachineAnswer:
    """Answer a refusal with its challenge; nothing is said when no token was sent."""
    challenge = ("WWW-Authenticate", error.challenge(current(ServerSettings).issuer))
    if error.error is None:
        return MachineAnswer(error.status, (challenge,), b"")
    refused = MachineRefusal(error.error, error.description)
    return refused_answer(refused, status=error.status, headers=(NO_STORE, challenge))


ENDPOINT = Endpoint(
    "/oauth2/userinfo",
    _respond,
    methods=("GET", "POST"),
    readers=Readers.REGISTERED,
)
