"""Logout tokens tell a client that a session ended (OIDC Back-Channel Logout §2.4)."""

from datetime import datetime

from idp.core.clock import unix
from idp.core.context import current
from idp.core.randomness import new_jti
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer

TYP = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME_SECONDS = 120


def logout_token(client: ClientView, *, user_id: str, sid: str, now: datetime) -> str:
    """Return a fresh token about one session, signed as the client's ID tokens are.

    ``sid`` is always there beside ``sub``, so exactly this session is meant. There is
    no ``nonce``: the token must not pass for an ID token.
    """
    issued_at = unix(now)
    claims = {
        "iss": current(ServerSettings).issuer,
        "sub": user_id,
        "aud": client.client_id,
        "iat": issued_at,
        "exp": issued_at + LIFETIME_SECONDS,
        "jti": new_jti(),
        "sid": sid,
        "events": {EVENT: {}},
    }
    algorithm = client.id_token_signed_response_alg
    return current(Signer).sign(claims, algorithm=algorithm, typ=TYP)
