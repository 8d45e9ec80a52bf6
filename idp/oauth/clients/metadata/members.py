"""The members of client metadata: one table, in the order of their defaults.

A member that no row names is not understood here (RFC 7591 §2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.oauth.apis.view import ACCESS_TOKEN_ALGS
from idp.oauth.clients.metadata import agreement, values
from idp.oauth.clients.metadata.agreement import (
    CLIENT_CREDENTIALS,
    CODE,
    FRONTCHANNEL,
    PRIVATE_KEY_JWT,
    USER_GRANTS,
    Rule,
    Values,
)
from idp.oauth.clients.metadata.jwks import jwks_problem
from idp.oauth.clients.metadata.values import Check, called_uri, one_of, some_of
from idp.oauth.clients.metadata.web_addresses import each_in_ascii, in_ascii
from idp.oauth.clients.view import (
    DEVICE_CODE,
    PUBLIC,
    REFRESH_TOKEN,
    IdTokenClaims,
    OrganizationUse,
)
from idp.oauth.protocol import scopes
from idp.security.jwks import ALGORITHMS

AUTH_METHODS = ("client_secret_basic", "client_secret_post", PRIVATE_KEY_JWT, PUBLIC)
GRANT_TYPES = (CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS, DEVICE_CODE)
RESPONSE_TYPES = ("code",)
ID_TOKEN_ALGS = ("RS256", "ES256", "PS256", "EdDSA")

RFC7591, OIDC = "RFC 7591 §2", "OIDC Registration 1.0 §2"
LOGOUT = "OIDC RP-Initiated Logout 1.0 §3.1"
BACK_CHANNEL = "OIDC Back-Channel Logout 1.0 §2.2"
FRONT_CHANNEL = "OIDC Front-Channel Logout 1.0 §2"
OURS = "this server"

INVALID_METADATA = "invalid_client_metadata"  # RFC 7591 §3.2.2
INVALID_REDIRECT_URI = "invalid_redirect_uri"


@dataclass(frozen=True, slots=True)
class Member:
    """One member: what it may hold, and what holds when it is left out.

    ``clean`` returns a value as it is kept, before ``check`` judges it; ``agrees``
    judges it beside the others; ``default`` gets the members before it; ``code`` is the
    error of a mistake in it.
    """

    name: str
    source: str
    check: Check
    clean: Callable[[Any], Any] | None = None
    default: Callable[[Values], Any] | None = None
    agrees: Rule | None = None
    code: str = INVALID_METADATA


def _always(value: Any) -> Callable[[Values], Any]:
    """Return a default that is the same for all clients."""
    return lambda _values: value


def _no_uris(_values: Values) -> list[str]:
    """Return a list of the client's own."""
    return []


def _auth_method(given: Values) -> str:
    """Return ``none`` for a native app: a secret would be in every copy of it."""
    return PUBLIC if given["application_type"] == "native" else "client_secret_basic"


def _response_types(given: Values) -> list[str]:
    """Return ``code`` for a client that browsers come back to."""
    return ["code"] if CODE in given["grant_types"] else []


def _scope(given: Values) -> str:
    """Return what the grants of a client can use.

    Whoever wants the groups or organizations of its users says so.
    """
    if USER_GRANTS.isdisjoint(given["grant_types"]):
        return ""
    refreshes = REFRESH_TOKEN in given["grant_types"]
    unasked = {scopes.GROUPS, scopes.ORGANIZATIONS}
    if not refreshes:
        unasked.add(scopes.OFFLINE_ACCESS)
    return scopes.join(s for s in scopes.USER_SCOPES if s not in unasked)


MEMBERS = (
    Member(
        "redirect_uris",
        RFC7591,
        values.uris,
        clean=each_in_ascii,
        default=_no_uris,
        agrees=agreement.redirect_uris,
        code=INVALID_REDIRECT_URI,
    ),
    Member(
        "post_logout_redirect_uris",
        LOGOUT,
        values.uris,
        clean=each_in_ascii,
        default=_no_uris,
        agrees=agreement.post_logout_redirect_uris,
        code=INVALID_REDIRECT_URI,
    ),
    # Of pages that call from elsewhere than their redirect URIs (embedded web views).
    Member("allowed_origins", OURS, values.origins, clean=each_in_ascii),
    Member("application_type", OIDC, one_of("web", "native"), default=_always("web")),
    Member(
        "grant_types",
        RFC7591,
        some_of(*GRANT_TYPES),
        default=lambda _values: [CODE],
        agrees=agreement.grant_types,
    ),
    Member(
        "response_types",
        RFC7591,
        some_of(*RESPONSE_TYPES),
        default=_response_types,
        agrees=agreement.response_types,
    ),
    Member(
        "token_endpoint_auth_method",
        RFC7591,
        one_of(*AUTH_METHODS),
        default=_auth_method,
        agrees=agreement.token_endpoint_auth_method,
    ),
    Member("token_endpoint_auth_signing_alg", OIDC, one_of(*ALGORITHMS)),
    # What a client whose library is older than RFC 10070 names as audience.
    Member("client_assertion_aud", OURS, one_of("issuer", "token_endpoint")),
    Member("jwks", RFC7591, jwks_problem, agrees=agreement.jwks),
    Member(
        "jwks_uri",
        RFC7591,
        called_uri("jwks"),
        clean=in_ascii,
        agrees=agreement.jwks_uri,
    ),
    Member("scope", RFC7591, values.scope, default=_scope, agrees=agreement.scope),
    Member("optional_scope", OURS, values.scope),
    # May ask what tokens for these are worth (RFC 7662).
    Member("owned_resources", OURS, values.resources),
    # The audience of a request that names no resource.
    Member("default_resource", OURS, values.resource),
    Member(
        "id_token_signed_response_alg",
        OIDC,
        one_of(*ID_TOKEN_ALGS),
        default=_always("RS256"),
    ),
    # Whether ID tokens hold the claims of their scope (OIDC Core §5.4).
    Member("id_token_claims", OURS, one_of(*IdTokenClaims)),
    Member("userinfo_signed_response_alg", OIDC, one_of(*ID_TOKEN_ALGS)),
    Member(
        "access_token_signed_response_alg",
        OURS,
        one_of(*ACCESS_TOKEN_ALGS),
        default=_always("ES256"),
    ),
    # No longer than the server's settings of the same names allow.
    Member("access_token_seconds", OURS, values.lifetime),
    Member("id_token_seconds", OURS, values.lifetime),
    Member("refresh_idle_seconds", OURS, values.lifetime),
    Member("refresh_lifetime_seconds", OURS, values.lifetime),
    Member("subject_type", OIDC, one_of("public")),
    Member("default_max_age", OIDC, values.seconds),
    Member("require_auth_time", OIDC, values.boolean),
    Member("default_acr_values", OIDC, values.words),
    # Whether users are asked in the context of which organization they come.
    Member("organization", OURS, one_of(*OrganizationUse)),
    Member("initiate_login_uri", OIDC, values.start_page, clean=in_ascii),
    Member("client_name", RFC7591, values.text),
    Member("client_uri", RFC7591, values.page, clean=in_ascii),
    Member("logo_uri", RFC7591, values.page, clean=in_ascii),
    Member("policy_uri", RFC7591, values.page, clean=in_ascii),
    Member("tos_uri", RFC7591, values.page, clean=in_ascii),
    Member("contacts", RFC7591, values.emails, default=_no_uris),
    Member("software_id", RFC7591, values.text),
    Member("software_version", RFC7591, values.text),
    Member(
        "backchannel_logout_uri", BACK_CHANNEL, called_uri("logout"), clean=in_ascii
    ),
    # Taken and kept; they make no difference, because sid and iss are always sent.
    Member("backchannel_logout_session_required", BACK_CHANNEL, values.boolean),
    Member(
        FRONTCHANNEL,
        FRONT_CHANNEL,
        called_uri("logout"),
        clean=in_ascii,
        agrees=agreement.frontchannel_logout_uri,
    ),
    Member("frontchannel_logout_session_required", FRONT_CHANNEL, values.boolean),
)
KNOWN = frozenset(member.name for member in MEMBERS)
REDIRECT_FIELDS = tuple(m.name for m in MEMBERS if m.code == INVALID_REDIRECT_URI)
