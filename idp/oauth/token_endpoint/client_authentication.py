"""Who is calling: by a secret, a signature, or by name alone (RFC 6749 §2.3).

One method per request, and the registered one; a secret may come in the header or in
the body. Unknown clients and wrong secrets look the same and cost the same: each answer
compares one digest.
"""

from base64 import b64decode
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote_plus

from idp.core.randomness import digest, same
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.kinds import SECRET_METHODS
from idp.oauth.clients.metadata.agreement import PRIVATE_KEY_JWT
from idp.oauth.clients.view import NO_DIGEST, PUBLIC, ClientView
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_request
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.token_endpoint import assertions as client_assertions
from idp.oauth.token_endpoint.assertions import Assertion, BadAssertion
from idp.security import audit
from idp.security.ratelimit.budgets import CLIENT_AUTH
from idp.security.ratelimit.meters import network_of

BASIC, POST = "client_secret_basic", "client_secret_post"
# A 401 must have a challenge (RFC 9110 §11.6.1); it names the scheme we take.
CHALLENGE = ("WWW-Authenticate", 'Basic realm="idp", charset="UTF-8"')
REFUSED = (
    "Client authentication failed: the client is unknown, its secret or signature is "
    "wrong, or another method was used than the one the client is registered with."
)

TWO_METHODS = (
    "Two client authentication methods were used: send the Authorization header, or "
    "client_secret, or client_assertion."
)
OTHER_SCHEME = (
    "The Authorization header is of another scheme. Send Basic with the client's id "
    "and secret, or client_id and client_secret in the body."
)
UNREADABLE = (
    "The Authorization header cannot be read. Send Basic, a space, and the Base64 of "
    "the client's id, a colon and its secret."
)


@dataclass(frozen=True)
class ClientCredentials:
    """What a request says about its client; ``…_as_written`` is before decoding."""

    method: str
    client_id: str | None
    secret: str | None
    assertion: Assertion | None = None
    secret_as_written: str | None = None
    id_as_written: str | None = None


def authenticate(request: TokenRequest) -> ClientView:
    """Return the client that proved to be the caller.

    Raises OAuthRefusal: invalid_request for two methods at once, invalid_client else.
    """
    try:
        presented = _read_credentials(request)
    except OAuthRefusal as unclear:
        named = find_client(request.get("client_id") or _named_in_header(request))
        _note_failure(request, named, method=None, reason=unclear.reason)
        unclear.client_id = named.client_id if named else ""
        raise
    client = find_client(presented.client_id)
    if client is None and presented.id_as_written:
        client = find_client(presented.id_as_written)
    try:
        problem = _problem_of(client, presented)
    except BadAssertion as bad:
        _refuse(request, presented, client=client, bad=bad)
    if client is None or problem:
        _refuse(request, presented, client=client, reason=problem)
    return client


def unauthenticated(hint: str, *, reason: str | None = None) -> OAuthRefusal:
    """Return the refusal of a caller that is no client of ours: 401 (RFC 6749 §5.2)."""
    return OAuthRefusal(
        "invalid_client", hint, reason=reason, status=401, headers=(CHALLENGE,)
    )


def _read_credentials(request: TokenRequest) -> ClientCredentials:
    """Return the one set of credentials in a request."""
    sent = request.values
    if "client_assertion" in sent or "client_assertion_type" in sent:
        return _read_assertion(request)
    basic = _read_basic(request.authorization)
    named, secret = request.get("client_id"), request.get("client_secret")
    if basic is None:
        return ClientCredentials(POST if secret else PUBLIC, named, secret)
    if secret is not None:
        raise invalid_request(TWO_METHODS, reason="two_methods")
    if named is not None and named not in (basic.client_id, basic.id_as_written):
        raise invalid_request(
            "client_id differs from the client in the Authorization header.",
            reason="client_id_differs",
        )
    return basic


def _read_basic(header: str | None) -> ClientCredentials | None:
    """Return the credentials of an Authorization header, None when there is none.

    Both parts are form-encoded before they are joined (RFC 6749 §2.3.1), but many
    libraries join them as they are: either reading of each may be right. Without a
    password it names a client that has none. Raises OAuthRefusal for another header.
    """
    if not header:
        return None
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise unauthenticated(OTHER_SCHEME, reason="other_scheme")
    try:
        joined = b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise unauthenticated(UNREADABLE, reason="unreadable_header") from None
    name, _, secret = joined.partition(":")
    if not name:
        raise unauthenticated(UNREADABLE, reason="unreadable_header")
    decoded = unquote_plus(name)
    return ClientCredentials(
        BASIC if secret else PUBLIC,
        decoded,
        unquote_plus(secret) or None,
        secret_as_written=secret,
        id_as_written=name if name != decoded else None,
    )


def _named_in_header(request: TokenRequest) -> str | None:
    """Return whom an Authorization header names, as far as it can be read."""
    try:
        basic = _read_basic(request.authorization)
    except OAuthRefusal:
        return None
    return basic.client_id if basic else None


def _read_assertion(request: TokenRequest) -> ClientCredentials:
    """Return the credentials of a signed assertion (RFC 7521 §4.2)."""
    if request.authorization or request.get("client_secret"):
        raise invalid_request(TWO_METHODS, reason="two_methods")
    raw, named = request.get("client_assertion"), request.get("client_id")
    if raw is None or request.get("client_assertion_type") != client_assertions.TYPE:
        raise invalid_request(
            "Send client_assertion together with client_assertion_type, which is "
            f"{client_assertions.TYPE}.",
            reason="assertion_incomplete",
        )
    try:
        assertion = client_assertions.parse(raw)
    except BadAssertion:
        return ClientCredentials(PRIVATE_KEY_JWT, named, None)
    if named is not None and named != assertion.client_id:
        raise invalid_request(
            "client_id differs from sub in the assertion.", reason="client_id_differs"
        )
    return ClientCredentials(PRIVATE_KEY_JWT, assertion.client_id, None, assertion)


def _problem_of(client: ClientView | None, presented: ClientCredentials) -> str | None:
    """Return why a client is not the caller: the word that its operator reads, or None.

    Raises BadAssertion for a signed assertion that proves nothing.
    """
    if client is None:
        return "unknown_client" if presented.client_id else "no_client"
    if client.disabled:
        return "disabled"
    if not _may_use(client, presented.method):
        return "wrong_method"
    if client.public:
        return None
    if presented.assertion is not None:
        client_assertions.check(presented.assertion, client)
        return None
    readings = {presented.secret or "", presented.secret_as_written or ""} - {""}
    return None if any(map(client.check_client_secret, readings)) else "wrong_secret"


def _may_use(client: ClientView, method: str) -> bool:
    """Tell whether a client may authenticate so.

    The two ways to send a secret stand for each other: libraries choose one for all
    servers, and a secret proves as much in either place.
    """
    registered = client.token_endpoint_auth_method
    return method == registered or {method, registered} <= SECRET_METHODS


def _refuse(
    request: TokenRequest,
    presented: ClientCredentials,
    *,
    client: ClientView | None,
    reason: str | None = None,
    bad: BadAssertion | None = None,
) -> NoReturn:
    """Count and record a failure, then raise.

    The caller is not told which part was wrong, unless it has signed with the client's
    key.
    """
    same(digest(presented.secret or ""), NO_DIGEST)
    word = bad.reason if bad else reason
    _note_failure(request, client, method=presented.method, reason=word)
    refusal = unauthenticated(
        (bad.explanation if bad else None) or REFUSED, reason=word
    )
    if client:
        refusal.client_id = client.client_id
    if client and word == "wrong_method":
        refusal.expected = client.token_endpoint_auth_method
    raise refusal


def _note_failure(
    request: TokenRequest,
    client: ClientView | None,
    *,
    method: str | None,
    reason: str | None,
) -> None:
    """Count and record a failure; RateLimited when it was one too many.

    Those of clients that are none have one counter for each network: one for each name
    would let a stranger fill the table of counters.
    """
    named = client.client_id if client else None
    CLIENT_AUTH.meter(named or "", network_of(request.ip)).count()
    audit.record(
        "client.auth.fail",
        outcome="refused",
        client_id=named,
        method=method,
        reason=reason,
    )
