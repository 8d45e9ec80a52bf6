"""Verifying an ID token, and taking a JWT apart for display."""

import base64
import json
from dataclasses import dataclass
from typing import Final, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

ALGORITHMS: Final = ["RS256", "ES256"]
KEY_TYPES: Final = ["RSA", "EC"]
LEEWAY_SECONDS: Final = 30


class IdTokenError(Exception):
    """The ID token must not be believed; the message says why."""


@dataclass(frozen=True, kw_only=True)
class DecodedToken:
    """Header and claims of a JWT as they stand in it, unverified."""

    header: str
    claims: str


def verify_id_token(
    id_token: str,
    *,
    jwks: dict[str, object],
    issuer: str,
    client_id: str,
    nonce: str | None,
) -> dict[str, object]:
    """Return the claims of a genuine ID token (OIDC Core §3.1.3.7).

    ``nonce`` is None after a refresh, where the claim may be absent (§12.2). Refused
    with IdTokenError: another algorithm than ours, a signature by no key of ``jwks``,
    another issuer, audience, authorized party or nonce, a token past its time.
    """
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        azp={"value": client_id},
        nonce={} if nonce is None else {"essential": True, "value": nonce},
    )
    try:
        token = jwt.decode(id_token, _key_set(jwks), algorithms=ALGORITHMS)
        registry.validate(token.claims)
    except (JoseError, ValueError) as error:
        raise IdTokenError(str(error)) from error
    return token.claims


def decoded(token: str) -> DecodedToken | None:
    """Take a JWT apart without believing it; None when it is not one."""
    try:
        header, claims, _signature = token.split(".")
        return DecodedToken(header=_readable(header), claims=_readable(claims))
    except ValueError:
        return None


def _key_set(jwks: dict[str, object]) -> KeySet:
    """Import the keys this client can use; others are not an error (RFC 7517 §5)."""
    keys = jwks.get("keys")
    usable = [
        key
        for key in (keys if isinstance(keys, list) else [])
        if isinstance(key, dict) and key.get("kty") in KEY_TYPES
    ]
    return KeySet.import_key_set(cast(KeySetSerialization, {"keys": usable}))


def _readable(part: str) -> str:
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
