"""What this server says of itself (OIDC Discovery 1.0 §3, RFC 8414 §2).

Made from what is registered, so that nothing is announced that does not work.
"""

from collections.abc import Callable, Collection
from typing import Any

from idp.accounts.factors import assurance
from idp.accounts.policies.effective import registration_open
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.metadata import members as client_metadata
from idp.oauth.clients.view import PUBLIC
from idp.oauth.custom_scopes.vocabulary import vocabulary
from idp.oauth.keys.jwks import Document
from idp.oauth.protocol import claims, pkce, response_modes, scopes
from idp.oauth.protocol import prompt as prompts
from idp.oauth.protocol.claims import Vocabulary
from idp.security.jwks import ALGORITHMS

ENDPOINTS = {
    "authorization_endpoint": "/oauth2/authorize",
    "token_endpoint": "/oauth2/token",
    "userinfo_endpoint": "/oauth2/userinfo",
    "jwks_uri": "/.well-known/jwks.json",
    "registration_endpoint": "/oauth2/register",
    "revocation_endpoint": "/oauth2/revoke",
    "introspection_endpoint": "/oauth2/introspect",
    "end_session_endpoint": "/oauth2/logout",
    "pushed_authorization_request_endpoint": "/oauth2/par",
    "device_authorization_endpoint": "/oauth2/device_authorization",
}
PROTOCOL_CLAIMS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr")
MORE_CLAIMS = ("amr", "sid", "at_hash", claims.ROLES, *claims.OF_CONTEXT)


class ServerMetadata:
    """The app's documents; made at first use, when all routes are registered."""

    def __init__(
        self, *, paths: Callable[[], Collection[str]], languages: Collection[str]
    ) -> None:
        self._paths = paths
        self._languages = languages
        self._made: dict[bool, tuple[Vocabulary, Document]] = {}

    @property
    def document(self) -> Document:
        """The document as it is sent; it says whether people may sign up just now."""
        may_sign_up, known = registration_open(), vocabulary()
        made = self._made.get(may_sign_up)
        if made is None or made[0] != known:
            made = known, self._make(may_sign_up=may_sign_up)
            self._made[may_sign_up] = made
        return made[1]

    def _make(self, *, may_sign_up: bool) -> Document:
        """Put a document together."""
        issuer, served = current(ServerSettings).issuer, self._paths()
        endpoints = {
            name: issuer + path for name, path in ENDPOINTS.items() if path in served
        }
        content = {"issuer": issuer, **endpoints, **_abilities(may_sign_up=may_sign_up)}
        return Document.of(content | {"ui_locales_supported": list(self._languages)})


def _abilities(*, may_sign_up: bool) -> dict[str, Any]:
    """Return what the endpoints understand."""
    methods, known = list(client_metadata.AUTH_METHODS), vocabulary()
    algorithms = list(ALGORITHMS)
    return {
        "scopes_supported": [
            *scopes.USER_SCOPES,
            *known.descriptions,
            *scopes.OF_ACCOUNT,
        ],
        "response_types_supported": list(client_metadata.RESPONSE_TYPES),
        "response_modes_supported": list(response_modes.MODES),
        "grant_types_supported": list(client_metadata.GRANT_TYPES),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": [
            m for m in methods if m != PUBLIC
        ],
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": list(pkce.METHODS),
        "id_token_signing_alg_values_supported": list(client_metadata.ID_TOKEN_ALGS),
        "userinfo_signing_alg_values_supported": list(client_metadata.ID_TOKEN_ALGS),
        "subject_types_supported": ["public"],
        "acr_values_supported": list(assurance.LEVELS),
        "claim_types_supported": ["normal"],
        "claims_supported": [*PROTOCOL_CLAIMS, *MORE_CLAIMS, *known.names],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": prompts.offered(registration_open=may_sign_up),
        "display_values_supported": ["page"],
    }
