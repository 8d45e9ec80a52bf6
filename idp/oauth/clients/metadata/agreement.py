"""Whether a member of client metadata agrees with the others (pure; RFC 7591 §2.1).

Each rule gets all members, defaults filled in, and this server's issuer. It yields what
is wrong with its own member.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from idp.core.text import worded
from idp.oauth.apis.builtin import ADMIN_SCOPES
from idp.oauth.clients.metadata.web_addresses import WEB, flaw_of
from idp.oauth.clients.view import DEVICE_CODE, PUBLIC, REFRESH_TOKEN
from idp.oauth.protocol.redirect_uris import origin_of, registrable
from idp.security.jwks import listed, usable_keys

Values = Mapping[str, Any]
Rule = Callable[[Values, str], Iterator[str]]

CODE, CLIENT_CREDENTIALS = "authorization_code", "client_credentials"
PRIVATE_KEY_JWT = "private_key_jwt"
FRONTCHANNEL = "frontchannel_logout_uri"
USER_GRANTS = frozenset({CODE, DEVICE_CODE})  # a user allows something


def redirect_uris(values: Values, issuer: str) -> Iterator[str]:
    """Ask for one of a client that browsers come back to, and judge each."""
    yield from _unregistrable("redirect_uris", values, issuer=issuer)
    if CODE in values["grant_types"] and not values["redirect_uris"]:
        yield worded(
            "is needed for authorization_code: name where the browser comes back"
        )


def post_logout_redirect_uris(values: Values, issuer: str) -> Iterator[str]:
    """Judge each as a redirect URI (OIDC RP-Initiated Logout 1.0 §3.1)."""
    return _unregistrable("post_logout_redirect_uris", values, issuer=issuer)


def grant_types(values: Values, _issuer: str) -> Iterator[str]:
    """Refuse refresh tokens where no user ever allows anything."""
    grants = values["grant_types"]
    if REFRESH_TOKEN in grants and USER_GRANTS.isdisjoint(grants):
        yield worded("refresh_token needs authorization_code or device_code beside it")


def response_types(values: Values, _issuer: str) -> Iterator[str]:
    """Hold ``code`` and the grant of that name together."""
    if (CODE in values["grant_types"]) != ("code" in values["response_types"]):
        yield worded("must hold code exactly when grant_types holds authorization_code")


def token_endpoint_auth_method(values: Values, _issuer: str) -> Iterator[str]:
    """Refuse tokens about a client that any caller could name (RFC 6749 §4.4)."""
    public = values["token_endpoint_auth_method"] == PUBLIC
    if CLIENT_CREDENTIALS in values["grant_types"] and public:
        yield worded("client_credentials needs a secret: use client_secret_basic")


def scope(values: Values, _issuer: str) -> Iterator[str]:
    """Refuse administration to clients that people sign in to.

    Their tokens would be lent the power of who happens to use them.
    """
    admins = [name for name in values["scope"].split() if name in ADMIN_SCOPES]
    if admins and values["grant_types"] != [CLIENT_CREDENTIALS]:
        yield worded(
            "%(scope)s is for clients of client_credentials alone", scope=admins[0]
        )


def jwks(values: Values, _issuer: str) -> Iterator[str]:
    """Refuse two places of keys, and a key that cannot sign as registered."""
    if "jwks" in values and "jwks_uri" in values:
        yield worded("cannot stand beside jwks_uri: give one of them (RFC 7591 §2)")
    algorithm = values.get("token_endpoint_auth_signing_alg")
    if _signs(values) and algorithm and not _has_key_for(algorithm, values.get("jwks")):
        yield worded(
            "holds no key for %(alg)s (token_endpoint_auth_signing_alg)", alg=algorithm
        )


def jwks_uri(values: Values, _issuer: str) -> Iterator[str]:
    """Ask for keys of a client that signs (RFC 7523 §3)."""
    if _signs(values) and "jwks" not in values and "jwks_uri" not in values:
        yield worded("is needed for private_key_jwt: publish keys, or give jwks")


def frontchannel_logout_uri(values: Values, issuer: str) -> Iterator[str]:
    """Want the origin of a redirect URI (OIDC Front-Channel Logout 1.0 §2).

    A page of ours shows it in a frame.
    """
    uri = values.get(FRONTCHANNEL)
    if uri is None:
        return
    problem = registrable(uri, application_type="web", issuer=issuer)
    if problem:
        yield problem
    elif origin_of(uri) not in set(map(origin_of, values["redirect_uris"])):
        yield worded("must have the scheme, host and port of one of the redirect_uris")


def _unregistrable(name: str, values: Values, *, issuer: str) -> Iterator[str]:
    """Yield which URIs of a list cannot be registered."""
    for uri in values[name]:
        kind = values["application_type"]
        problem = registrable(uri, application_type=kind, issuer=issuer)
        if not uri.isascii() and uri.lower().startswith(WEB):
            problem = flaw_of(uri, schemes=WEB) or problem
        if problem:
            yield worded("%(value)s %(problem)s", value=repr(uri), problem=problem)


def _signs(values: Values) -> bool:
    """Tell whether a client authenticates by a signature."""
    return bool(values["token_endpoint_auth_method"] == PRIVATE_KEY_JWT)


def _has_key_for(algorithm: str, keys: Any) -> bool:
    """Tell whether registered keys can sign so; published ones may any day."""
    if keys is None:
        return True
    return any(algorithm in key.algorithms for key in usable_keys(listed(keys)))
