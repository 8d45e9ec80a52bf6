"""What this server is at an upstream provider, and how it proves that (RFC 6749 §2.3).

A secret is sent, or a key signs: a client assertion (RFC 7523 §2.2), or what Apple
takes for a secret.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote_plus

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import serialize_compact

from idp.core.clock import unix, utcnow
from idp.core.randomness import new_jti
from idp.federation.upstream.errors import UpstreamError
from idp.security.jwks import OURS

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(minutes=5)


class ClientProof(StrEnum):
    """How a client proves itself (RFC 7591 §2); Apple's way is its own."""

    NONE = "none"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    PRIVATE_KEY_JWT = "private_key_jwt"
    APPLE = "apple"


@dataclass(frozen=True)
class UpstreamClient:
    """What this server is at a provider.

    ``secret`` is a text to send, or the private key (PEM) that signs in its place;
    ``key_id`` names that key, ``team_id`` is Apple's name for its owner.
    """

    client_id: str
    redirect_uri: str
    auth_method: ClientProof = ClientProof.BASIC
    secret: str | None = field(default=None, repr=False)
    key_id: str | None = None
    team_id: str | None = None


def authenticated(
    registration: UpstreamClient, *, issuer: str | None, token_endpoint: str
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the headers and form fields that prove the client at a token endpoint.

    Raises UpstreamError where the registration holds no key that can sign.
    """
    client_id, secret = registration.client_id, registration.secret or ""
    match registration.auth_method:
        case ClientProof.BASIC:
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
            return {"Authorization": f"Basic {b64encode(pair).decode()}"}, {}
        case ClientProof.POST:
            return {}, {"client_id": client_id, "client_secret": secret}
        case ClientProof.APPLE:
            made = _apple_secret(registration, audience=issuer or token_endpoint)
            return {}, {"client_id": client_id, "client_secret": made}
        case ClientProof.PRIVATE_KEY_JWT:
            signed = _assertion(registration, audience=issuer or token_endpoint)
            return {}, {
                "client_id": client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": signed,
            }
    return {}, {"client_id": client_id}


def _assertion(registration: UpstreamClient, *, audience: str) -> str:
    """Return a client assertion for one request."""
    own = {"iss": registration.client_id, "jti": new_jti()}
    return _signed(registration, own, audience=audience)


def _apple_secret(registration: UpstreamClient, *, audience: str) -> str:
    """Return a secret that lives for this request."""
    own = {"iss": registration.team_id or ""}
    return _signed(registration, own, audience=audience)


def _signed(
    registration: UpstreamClient, own: Mapping[str, str], *, audience: str
) -> str:
    """Return a signed JWT about this client, for the provider alone."""
    now = utcnow()
    claims = {
        **own,
        "sub": registration.client_id,
        "aud": audience,
        "iat": unix(now),
        "exp": unix(now + ASSERTION_LIFETIME),
    }
    algorithm, key = _signing_key(registration.secret or "")
    kid = registration.key_id or key.thumbprint()
    header = {"alg": algorithm, "typ": "JWT", "kid": kid}
    return serialize_compact(header, json.dumps(claims), key, registry=OURS)


def _signing_key(pem: str) -> tuple[str, Key]:
    """Return a private key, and the algorithm that it signs with."""
    try:
        private = load_pem_private_key(pem.encode(), password=None)
        if isinstance(private, RSAPrivateKey):
            return "RS256", RSAKey.import_key(pem)
        if isinstance(private, EllipticCurvePrivateKey):
            return "ES256", ECKey.import_key(pem)
        return "EdDSA", OKPKey.import_key(pem)
    except (JoseError, TypeError, ValueError) as error:
        raise UpstreamError("client_key") from error
