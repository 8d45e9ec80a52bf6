"""A client as protocol code sees it: detached from the database, safe to cache."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from idp.core.clock import utcnow
from idp.core.randomness import digest, same
from idp.oauth.apis.view import ApiView
from idp.oauth.clients.branding.files import PLAIN, Brand
from idp.oauth.protocol.redirect_uris import redirect_uri_matches
from idp.security.jwks import PublicKey, listed, usable_keys

PUBLIC = "none"  # the method of a client that has no secret
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a name
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 §3.4
NO_DIGEST = "0" * 64  # compared with when a client has no secret, to cost the same


class IdTokenClaims(StrEnum):
    """What an ID token tells about its user, beside who and how.

    Nothing, or all that its scope opens, for libraries that read no UserInfo.
    """

    MINIMAL = "minimal"
    SCOPE = "scope"


class OrganizationUse(StrEnum):
    """Whether users come to a client in the context of an organization.

    A request may always name one. Else the user is asked for one where they may, or
    have to, choose.
    """

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class SecretDigest:
    """The SHA-256 of one live secret."""

    digest: str
    expires_at: datetime | None


@dataclass(frozen=True)
class ClientView:
    """One registered client; metadata has the names of RFC 7591 §2.

    From ``origins``, those of its redirect URIs and those it named, a browser may call
    the token endpoint (CORS). ``apis`` are the audiences that it may ask for, by their
    resource; ``scope`` is all that it may ask for, at any of them. A ``restricted`` one
    is for some users alone, one that ``has_roles`` tells them in its tokens.
    """

    client_id: str
    client_name: str
    application_type: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    grant_types: frozenset[str]
    response_types: frozenset[str]
    scope: frozenset[str]
    optional_scope: frozenset[str]
    token_endpoint_auth_method: str
    token_endpoint_auth_signing_alg: str | None
    client_assertion_aud: str | None
    jwks: Mapping[str, Any] | None
    jwks_uri: str | None
    apis: Mapping[str, ApiView]
    default_resource: str | None
    owned_resources: frozenset[str]
    id_token_signed_response_alg: str
    userinfo_signed_response_alg: str | None
    access_token_signed_response_alg: str
    origins: frozenset[str]
    contacts: tuple[str, ...]
    client_uri: str | None
    initiate_login_uri: str | None
    logo_uri: str | None
    policy_uri: str | None
    tos_uri: str | None
    backchannel_logout_uri: str | None
    frontchannel_logout_uri: str | None
    default_max_age: int | None
    default_acr_values: tuple[str, ...]
    access_token_seconds: int | None
    id_token_seconds: int | None
    refresh_idle_seconds: int | None
    refresh_lifetime_seconds: int | None
    first_party: bool
    require_pkce: bool
    disabled: bool
    secret_digests: tuple[SecretDigest, ...]
    restricted: bool = False
    has_roles: bool = False
    organization: OrganizationUse = OrganizationUse.NONE
    id_token_claims: IdTokenClaims = IdTokenClaims.MINIMAL
    brand: Brand = PLAIN

    @property
    def native(self) -> bool:
        """Tell whether it runs on a user's device (RFC 8252)."""
        return self.application_type == "native"

    @property
    def public(self) -> bool:
        """Tell whether it has no secret (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method == PUBLIC

    @cached_property
    def own_keys(self) -> tuple[PublicKey, ...]:
        """The keys that it registered with its metadata."""
        return usable_keys(listed(self.jwks))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether a requested redirect URI is one of the registered."""
        return self._one_matches(self.redirect_uris, redirect_uri)

    def check_post_logout_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether a URI to go to after sign-out is one of the registered."""
        return self._one_matches(self.post_logout_redirect_uris, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        """Tell whether this is one of the live secrets; both are always compared."""
        presented, now = digest(client_secret), utcnow()
        live = [
            secret.digest
            for secret in self.secret_digests
            if secret.expires_at is None or secret.expires_at > now
        ]
        found = [same(presented, known) for known in (live or [NO_DIGEST])]
        return any(found)

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether the client registered this response type."""
        return response_type in self.response_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether the client registered this grant type."""
        return grant_type in self.grant_types

    def _one_matches(self, registered_uris: Iterable[str], requested: str) -> bool:
        return any(
            redirect_uri_matches(registered, requested, native=self.native)
            for registered in registered_uris
        )
