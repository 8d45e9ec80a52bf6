"""What an upstream provider's ID Token is worth (OIDC Core §3.1.3.7).

By its signature alone: that the token came over TLS from the provider is not enough.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, TypeGuard

from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, extract_compact, validate_compact

from idp.core.clock import unix, utcnow
from idp.core.randomness import digest_bytes, same, wide_digest_bytes
from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.documents import as_object, read_json
from idp.federation.upstream.errors import UpstreamError
from idp.security.jwks import ALGORITHMS, Algorithms
from idp.security.published_keys import published_candidates

MAX_BYTES = 16384
MAX_SUBJECT = 255  # OIDC Core §2
SKEW_SECONDS = 60  # how far a provider's clock may be off
OLDEST_SECONDS = 3600  # a token is of this sign-in, and not put by
REGISTRY = Algorithms(algorithms=ALGORITHMS, strict_check_header=False)


def verify_id_token(
    raw: str, *, endpoints: Endpoints, client_id: str, nonce: str, access_token: str
) -> Mapping[str, Any]:
    """Return the claims of an ID Token for this client; raises UpstreamError.

    The reason names the claim, or ``signature``.
    """
    parsed = verify_signature(raw, jwks_uri=endpoints.jwks_uri or "")
    claims = as_object(read_json(parsed.payload))
    check_parties(claims, issuer=endpoints.issuer or "", client_id=client_id)
    _check_times(claims)
    if not _matches(claims.get("nonce"), nonce):
        raise UpstreamError("nonce")
    if not is_subject(claims.get("sub")):
        raise UpstreamError("sub")
    hashed = claims.get("at_hash")
    if hashed is not None and not _matches(hashed, _hash_of(access_token, parsed)):
        raise UpstreamError("at_hash")
    return claims


def verify_signature(raw: str, *, jwks_uri: str) -> CompactSignature:
    """Return a JWS that a key at ``jwks_uri`` has signed; raises UpstreamError.

    Only with a public key, by an algorithm that is that key's own.
    """
    if len(raw) > MAX_BYTES or not raw.isascii():
        raise UpstreamError("malformed")
    try:
        parsed = extract_compact(raw.encode(), registry=REGISTRY)
    except (JoseError, ValueError, RecursionError) as error:
        raise UpstreamError("malformed") from error
    header = parsed.headers()
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or not isinstance(kid, str | None):
        raise UpstreamError("algorithm")
    if "crit" in header:
        raise UpstreamError("malformed")
    candidates = published_candidates(jwks_uri, kid=kid, algorithm=algorithm)
    if not any(_signed_by(parsed, candidate.key) for candidate in candidates):
        raise UpstreamError("signature")
    return parsed


def check_parties(claims: Mapping[str, Any], *, issuer: str, client_id: str) -> None:
    """Refuse a token of another issuer, or one that is not for this client.

    Other audiences may be beside it where ``azp`` names it.
    """
    if not _matches(claims.get("iss"), issuer):
        raise UpstreamError("iss")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if client_id not in named:
        raise UpstreamError("aud")
    party = claims.get("azp")
    if party is None and len(named) > 1:
        raise UpstreamError("azp")
    if party is not None and party != client_id:
        raise UpstreamError("azp")


def is_subject(value: Any) -> TypeGuard[str]:
    """Tell whether a value can name a user of a provider."""
    return (
        isinstance(value, str) and 0 < len(value) <= MAX_SUBJECT and value.isprintable()
    )


def is_moment(value: Any) -> TypeGuard[float]:
    """Tell whether a value is a NumericDate (RFC 7519 §2)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_times(claims: Mapping[str, Any]) -> None:
    """Refuse a token that has expired, is not yet valid, or is an old one."""
    now, exp, iat = unix(utcnow()), claims.get("exp"), claims.get("iat")
    if not is_moment(exp) or exp <= now - SKEW_SECONDS:
        raise UpstreamError("exp")
    early, late = now - OLDEST_SECONDS, now + SKEW_SECONDS
    if not is_moment(iat) or not early <= iat <= late:
        raise UpstreamError("iat")
    begins = claims.get("nbf", iat)
    if not is_moment(begins) or begins > late:
        raise UpstreamError("nbf")


def _signed_by(parsed: CompactSignature, key: Any) -> bool:
    """Tell whether a key made the signature."""
    try:
        return validate_compact(parsed, key, registry=REGISTRY)
    except (JoseError, ValueError):
        return False


def _matches(value: Any, expected: str) -> bool:
    """Tell whether a claim is exactly what it has to be."""
    return isinstance(value, str) and value.isascii() and same(value, expected)


def _hash_of(access_token: str, parsed: CompactSignature) -> str:
    """Return the ``at_hash`` of a token beside a signature (OIDC Core §3.1.3.6)."""
    wide = parsed.headers().get("alg") == "EdDSA"
    made = (wide_digest_bytes if wide else digest_bytes)(access_token.encode())
    return urlsafe_b64encode(made[: len(made) // 2]).rstrip(b"=").decode()
