"""The ``id_token_hint`` parameter (OIDC Core §3.1.2.1)."""

from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.oauth.authorization_errors import invalid_request
from idp.oauth.client_view import ClientView
from idp.oauth.keys.signer import Signer, UntrustedToken


def hinted_subject(hint: str, client: ClientView) -> str:
    """Return whom an ID Token that we gave to this client speaks of.

    Signature, issuer and audience must be right; expiry is ignored, as a hint is
    mostly older than its token lives.
    """
    try:
        claims = current(Signer).read(hint, typ="jwt")
    except UntrustedToken:
        raise invalid_request("id_token_hint is no ID Token of ours") from None
    ours = claims.get("iss") == current(ServerSettings).issuer
    if not ours or claims.get("aud") != client.client_id:
        raise invalid_request("id_token_hint was not given to this client")
    return str(claims["sub"])
