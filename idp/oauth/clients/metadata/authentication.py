"""Client metadata about proving who calls, and about being called (pure).

RFC 7591 §2, OIDC Registration 1.0 §2, RFC 7523 §3.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.oauth.clients.jwks import ALGORITHMS, jwks_problem, listed, usable_keys
from idp.oauth.protocol.redirect_uris import LOOPBACK_HOSTS
from idp.oauth.protocol.resources import is_resource
from idp.security.outbound.targets import take_apart

PRIVATE_KEY_JWT = "private_key_jwt"
CHOICES = {
    "token_endpoint_auth_signing_alg": ALGORITHMS,
    # Ours: what a client whose library is older than RFC 10070 names as audience.
    "client_assertion_aud": ("issuer", "token_endpoint"),
}
MAX_RESOURCES = 50
KEY_MEMBERS = ("jwks", "jwks_uri")


def _jwks_uri_problem(value: Any) -> str | None:
    """Return why ``value`` is no address of a client's keys."""
    target = take_apart(value) if isinstance(value, str) else None
    if target is None:
        return "must be an https URL without fragment, like https://app.example/jwks"
    if target.parts.scheme == "http" and target.host not in LOOPBACK_HOSTS:
        return "is http: use https (http is for localhost, 127.0.0.1 and [::1] only)"
    return None


def _owned_resources_problem(value: Any) -> str | None:
    """Return why ``value`` is no list of resources that a client stands for."""
    if not isinstance(value, list) or len(value) > MAX_RESOURCES:
        return "must be a list of resources, as in the aud of access tokens"
    wrong = [
        item for item in value if not isinstance(item, str) or not is_resource(item)
    ]
    return f"{wrong[0]!r} is no absolute URI without fragment" if wrong else None


CHECKS = {
    "jwks": jwks_problem,
    "jwks_uri": _jwks_uri_problem,
    "owned_resources": _owned_resources_problem,  # ours
}


def contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield members that do not fit the others, each with what would be right."""
    signs = values["token_endpoint_auth_method"] == PRIVATE_KEY_JWT
    keys = [name for name in KEY_MEMBERS if name in values]
    if len(keys) > 1:
        yield "jwks", "cannot stand beside jwks_uri: give one of them (RFC 7591 §2)"
    if signs and not keys:
        yield "jwks_uri", "is needed for private_key_jwt: publish keys, or give jwks"
    algorithm = values.get("token_endpoint_auth_signing_alg")
    if signs and algorithm and not _has_key_for(algorithm, values.get("jwks")):
        yield "jwks", f"holds no key for {algorithm} (token_endpoint_auth_signing_alg)"


def _has_key_for(algorithm: str, jwks: Any) -> bool:
    """Tell whether registered keys can sign so; published ones may any day."""
    if jwks is None:
        return True
    return any(algorithm in key.algorithms for key in usable_keys(listed(jwks)))
