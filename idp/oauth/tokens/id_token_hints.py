"""The ``id_token_hint`` parameter (OIDC Core §3.1.2.1, RP-Initiated Logout §2)."""

from typing import Any

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import Signer, UntrustedToken
from idp.oauth.protocol.refusals import invalid_request


def read_hint(hint: str) -> dict[str, Any]:
    """Return the claims of an ID Token of ours; UntrustedToken otherwise.

    Signature and issuer must be right. Expiry is ignored, as a hint is mostly older
    than its token lives, and so may its key be.
    """
    claims = current(Signer).read(hint, typ="jwt", retired=True)
    if claims.get("iss") != current(ServerSettings).issuer:
        raise UntrustedToken("wrong issuer")
    if "exp" not in claims:
        raise UntrustedToken("signed userinfo")
    return claims


def hinted_subject(hint: str, client: ClientView) -> str:
    """Return whom an ID Token that we gave to this client speaks of."""
    try:
        claims = read_hint(hint)
    except UntrustedToken:
        raise invalid_request("id_token_hint is no ID Token of ours") from None
    if claims.get("aud") != client.client_id:
        raise invalid_request("id_token_hint was not given to this client")
    return str(claims["sub"])
